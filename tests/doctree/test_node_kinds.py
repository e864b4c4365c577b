"""Which texts docutils' transforms have to look at, and that others are read without them."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.transforms import Transformer

from sphinxext.digest.doctree.guard import Guard, ReleaseNotesGuard
from sphinxext.digest.doctree.node_kinds import NodeKinds
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text


class UsedError(Exception):
    """The transforms were asked for."""


@pytest.fixture
def parser(monkeypatch: pytest.MonkeyPatch) -> TextParser:
    """A parser without the transforms."""

    def refuse(_transformer: Transformer) -> None:
        raise UsedError

    monkeypatch.setattr(Transformer, "apply_transforms", refuse)
    return TextParser(Guard())


def are_used(parser: TextParser, text: str) -> bool:
    parser.problems.clear()
    parser.blocks(Text(text, 1, 1), "a.yaml", "x")
    return any("UsedError" in problem.message for problem in parser.problems)


@pytest.mark.parametrize(
    "text",
    [
        "* See `the list <https://example.org/>`__, and https://example.org/.\n* *So* ``it`` goes.\n\n  * Within.",
        ".. note:: A `link <https://example.org/>`__.",
        "term\n  Its :math:`x` and :sub:`2`\n\n.. code:: python\n\n   x = 1",
        ".. a comment\n\nAnd a text.",
    ],
)
def test_texts_without_names_need_no_transforms(parser: TextParser, text: str) -> None:
    assert not are_used(parser, text)


@pytest.mark.parametrize(
    "text",
    [
        "A name_.",
        "`Anonymous`__.",
        "A `link <https://example.org/>`_ with a name.",
        ".. _name: https://example.org/\n\nA text.",
        "An _`inline target`.",
        "A |word|.",
        ".. |word| replace:: x\n\nA text.",
        "A footnote [#]_.",
        ".. [1] A footnote.",
        "A citation [Gannet]_.",
        ".. [Gannet] A citation.",
    ],
)
def test_texts_with_names_need_them(parser: TextParser, text: str) -> None:
    assert are_used(parser, text)


def test_what_a_directive_leaves_for_a_transform(parser: TextParser) -> None:
    parser.guard = ReleaseNotesGuard()
    assert are_used(parser, ".. class:: wide\n\nA text.")


def test_kinds() -> None:
    document = nodes.document(None, None)  # type: ignore[arg-type]
    document += nodes.paragraph("", "", nodes.Text("See "), nodes.reference("", "this", refuri="https://e.org/"))
    kinds = NodeKinds.of(document, 4)
    assert kinds == {nodes.paragraph, nodes.Text, nodes.reference}
    assert kinds.has(nodes.image, nodes.reference)
    # as isinstance() has it
    assert kinds.has(nodes.TextElement)
    assert not kinds.has(nodes.image)
    assert not kinds.has_unseen
    assert NodeKinds.of(document, 3) is None


def test_what_shows_nowhere() -> None:
    for unseen in (
        nodes.comment(),
        nodes.target(),
        nodes.substitution_definition(),
        type("index", (nodes.Element,), {})(),
    ):
        document = nodes.document(None, None)  # type: ignore[arg-type]
        document += unseen
        kinds = NodeKinds.of(document, 9)
        assert kinds is not None
        assert kinds.has_unseen
