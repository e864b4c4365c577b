"""Work that is done by as many processes as there are processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")

#: With more processes the one that waits for them would be too slow.
_MOST = 8
#: What the processes that are forked do: they have a copy of it, so that it need not be sent to them.
_work: tuple[Sequence[object], Callable[[object], object]] | None = None


def each(
    items: Sequence[Item], function: Callable[[Item], Result], *, few: int, portion: int
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with what a function returns for it, in no particular order.

    With one processor, and where processes cannot be forked, this process does it all.

    :param few: the number of items up to which further processes are not worth it.
    :param portion: the number of items that a process takes at a time.
    """
    # it takes as long to load as a few items
    import multiprocessing

    global _work
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool, can_fork = None, "fork" in multiprocessing.get_all_start_methods()
    _work = items, cast(Callable[[object], object], function)
    try:
        if len(items) > few and processors > 1 and can_fork:
            with suppress(OSError):  # some containers have no semaphores
                pool = multiprocessing.get_context("fork").Pool(min(processors, _MOST))
        if pool is None:
            for item in items:
                yield item, function(item)
            return
        with pool:
            for index, result in pool.imap_unordered(_do, range(len(items)), portion):
                yield items[index], cast(Result, result)
    finally:
        _work = None


def _do(index: int) -> tuple[int, object]:
    assert _work is not None
    items, function = _work
    return index, function(items[index])
