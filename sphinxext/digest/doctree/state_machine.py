"""docutils' state machines of reStructuredText, whose states are made when they are first needed.

For each list and each of its items docutils makes a machine with all fifteen states, and each state makes all of its
transitions; most of them are never asked for. That takes a third of the time of texts that are lists of lists, as
those of notes are. The machines and states here are docutils' own but for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils.parsers.rst import states
from docutils.statemachine import State


class _States(dict[str, "State[Any]"]):
    """The states of a machine by their names."""

    def __init__(self, machine: _QuickMachine) -> None:
        super().__init__()
        self.machine = machine

    def __missing__(self, name: str) -> State[Any]:
        state = self.machine.classes[name](self.machine, self.machine.debug)
        if self.machine.is_running:
            state.runtime_init()
        self[name] = state
        return state


class _QuickMachine(states.NestedStateMachine):
    """A machine for a nested text that makes its states when they are first needed."""

    is_running = False

    def add_states(self, state_classes: Iterable[type[State[Any]]]) -> None:
        """Remember the classes."""
        self.classes = {state.__name__: state for state in state_classes}
        self.states = _States(self)

    def runtime_init(self) -> None:
        """Prepare the states that there are."""
        super().runtime_init()
        self.is_running = True


class _QuickState(states.RSTState):
    """A state that makes its transitions when they are first needed."""

    #: Machines to use again for nested texts; docutils' own list holds machines with its own states.
    nested_sm_cache: list[Any] = []  # noqa: RUF012 - docutils' name, and its way of sharing
    nested_sm = _QuickMachine
    _order: list[str]
    _transitions: dict[str, tuple[Any, ...]] | None = None

    def __init__(self, state_machine: states.RSTStateMachine, debug: bool = False) -> None:
        super().__init__(state_machine, debug)
        self.nested_sm_kwargs = {"state_classes": STATE_CLASSES, "initial_state": "Body"}
        self.indent_sm = self.known_indent_sm = self.nested_sm
        self.indent_sm_kwargs = self.known_indent_sm_kwargs = self.nested_sm_kwargs

    def add_initial_transitions(self) -> None:
        """Leave them for later."""

    @property
    def transitions(self) -> dict[str, tuple[Any, ...]]:
        """The transitions by their names."""
        if self._transitions is None:
            self._transitions, self._order = {}, []
            super().add_initial_transitions()
        return self._transitions

    @transitions.setter
    def transitions(self, _empty: dict[str, tuple[Any, ...]]) -> None:
        """Ignore the empty one that a new state begins with."""

    @property
    def transition_order(self) -> list[str]:
        """The names of the transitions, in the order in which they are tried."""
        if self._transitions is None:
            _ = self.transitions
        return self._order

    @transition_order.setter
    def transition_order(self, _empty: list[str]) -> None:
        """Ignore the empty one that a new state begins with."""


#: docutils' states by the same names, as machines find them.
STATE_CLASSES = tuple(type(state.__name__, (_QuickState, state), {}) for state in states.state_classes)


def new_machine() -> states.RSTStateMachine:
    """Return a machine that parses texts."""
    return states.RSTStateMachine(state_classes=STATE_CLASSES, initial_state="Body")
