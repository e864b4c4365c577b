"""The sources of the pages that the build makes for archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinxext.digest.extension.store import Store
    from sphinxext.digest.options import Settings

#: No toctree has them: hundreds of people would be in every sidebar and every book. The search leads to the digests,
#: which have the same notes, and of archives to the lists of their pages.
_HEAD = ":orphan:\n:nosearch:\n\n"
_HEAD_OF_INDEX = ":orphan:\n\n"


def archive_texts(store: Store, settings: Settings, option: str) -> dict[str, str]:
    """The names and texts of the pages of a collection's archives.

    :param option: the lines that tell a directive which collection is meant.
    """
    texts = {}
    for name in store.archives(settings):
        kind, _, page = name.partition("/")
        head = _HEAD_OF_INDEX if page == "index" else _HEAD
        texts[f"{settings.pages}/{name}"] = f"{head}.. digest-archive:: {kind} {page}\n{option}"
    return texts
