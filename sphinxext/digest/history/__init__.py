"""What git knows of fragments and release notes: when they were first merged, and which version had them first.

``Scanner`` is loaded when it is asked for, so that whoever only wants a day does not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinxext.digest.history.scanner import Scanner

__all__ = ["Scanner"]


def __getattr__(name: str) -> object:
    if name == "Scanner":
        from sphinxext.digest.history.scanner import Scanner

        return Scanner
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
