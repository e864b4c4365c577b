"""Announce a digest in a sentence: what is said, and how an announcer says it.

An announcer is a function that the entry-point group ``sphinx_digest.announcers`` names by its kind. Titles come from
anybody: nothing in an announcement calls people, and nothing in it is markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sphinxext.digest.settings.announce_targets import Target
from sphinxext.digest.text import visible_text

#: The most headlines of an announcement.
HEADLINES = 3
#: Behind ``@`` it keeps a name from being one that is called.
_BREAK = "\u200b"
_CALL = re.compile(r"@(?=\w)")


class AnnounceError(Exception):
    """A digest cannot be announced; the message says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced.

    ``identifier`` tells the digest from others, so that a server which is asked twice can see that it is the same.
    """

    identifier: str
    title: str
    headlines: tuple[str, ...]
    url: str

    def text(self, template: str, limit: int, escape: Callable[[str], str] = str) -> str:
        """Return what is said: as many headlines as fit, up to three.

        :param template: has the fields ``{title}``, ``{headlines}`` and ``{url}``.
        :param limit: the most characters.
        :param escape: turns words into text of the service.
        """
        for number in range(HEADLINES, -1, -1):
            said = [escape(without_calls(one)) for one in self.headlines[:number]]
            text = template.format(title=escape(without_calls(self.title)), headlines="; ".join(said), url=self.url)
            # an empty field leaves its colon and its space behind
            text = re.sub(r" {2,}", " ", text.replace(":  ", ": ")).strip().removesuffix(":")
            text = text if said else text.replace(f": {self.url}", f" {self.url}")
            if len(text) <= limit:
                return text
        return f"{text[: limit - 1 - len(self.url)]} {self.url}".strip()[:limit]


#: Announces to a target with its secret: a token, or the address of a webhook. Raises :class:`AnnounceError`.
Announcer = Callable[[Target, Announcement, str], None]
#: The kinds that also work without a secret, which is empty then.
OPEN_KINDS = frozenset({"irc"})


def without_calls(text: str) -> str:
    """Return words on one line that call nobody, whatever they say."""
    return _CALL.sub(f"@{_BREAK}", visible_text(text))
