"""Countdowns and schedules on pages of HTML: days that programs understand, large numbers, and the script.

The script counts from the reader's own day. The page says everything without it, as of the day that it names.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinxext.digest.doctree.deadlines import DAY_CLASS, LEFT_CLASS, PASSED_CLASS
from sphinxext.digest.extension.builders import is_for_browsers
from sphinxext.digest.extension.domain import DigestDomain, NotesTransform, build_state_of
from sphinxext.digest.extension.schedules import ScheduleDependency
from sphinxext.digest.model import ENGLISH, Messages
from sphinxext.digest.model.messages import filled
from sphinxext.digest.model.schedule import DEADLINE_GROUPS

if TYPE_CHECKING:
    from sphinx.application import Sphinx


SCRIPT = "countdown.js"


class DayElements(NotesTransform):
    """Puts the words of days into elements ``time``, which docutils does not know."""

    formats = ("html",)
    # after Sphinx has taken out what is for other builders (priority 50)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Add the tags around the words."""
        for node in self.document.findall(nodes.inline):
            if DAY_CLASS in node["classes"] and "day" in node:
                start = nodes.raw("", f'<time datetime="{node["day"]}">', format="html")
                node.children = [start, *node.children, nodes.raw("", "</time>", format="html")]
                for child in node.children:
                    node.setup_child(child)


class LargeDays(NotesTransform):
    """Puts the week and the numbers of days that are left above what says the same in sentences, to be seen first."""

    formats = ("html",)
    default_priority = 60

    def run(self, **_arguments: object) -> None:
        """Add the numbers; who listens to a page hears the sentences alone."""
        if not is_for_browsers(build_state_of(self.env).builder):
            return
        messages = build_state_of(self.env).messages
        for box in self.document.findall(nodes.container):
            if LEFT_CLASS in box["classes"]:
                _put_above(box, box.get("week") or "")
                for item in box.findall(nodes.list_item):
                    if item.get("days", 0) > 0:
                        _put_above(item, messages.ngettext("{number} day", "{number} days", item["days"]))


def _put_above(box: nodes.Element, text: str) -> None:
    line = box.next_node(nodes.paragraph)
    if text and line is not None:
        tag = f'<span class="digest-large" aria-hidden="true">{escape(text)}</span> '
        line.insert(0, nodes.raw("", tag, format="html"))


class PassedDeadlines(NotesTransform):
    """Folds the deadlines that are over, and tells the script from which day lists of deadlines count."""

    formats = ("html",)
    default_priority = 60

    def run(self, **_arguments: Any) -> None:
        """Add the tags, which docutils does not know; books are for programs of all ages."""
        if not is_for_browsers(build_state_of(self.env).builder):
            return
        for listing in self.document.findall(nodes.bullet_list):
            label = listing.next_node(nodes.paragraph) if "now" in listing else None
            if label is not None:
                label += nodes.raw("", f'<template data-now="{listing["now"]}"></template>', format="html")
        for item in list(self.document.findall(nodes.list_item)):
            if PASSED_CLASS in item["classes"]:
                words = item.children[0].astext().removesuffix(":")
                opened = f'<details class="digest-fold"><summary>{escape(words)}</summary>'
                item[0] = nodes.raw("", opened, format="html")
                item += nodes.raw("", "</details>", format="html")


def add_script(app: Sphinx, pagename: str, _template: str, _context: object, _doctree: object) -> None:
    """Let a page that counts from its reader's day load the script; the page is complete without it."""
    page = None if app.builder.name == "singlehtml" else pagename
    shown = DigestDomain.of(app.env).dependencies(ScheduleDependency, page)
    if is_for_browsers(app.builder) and any(one.published and one.day is None for _page, one in shown):
        words = script_messages(build_state_of(app.env).messages)
        attributes: dict[str, Any] = {"data-words": words} if words else {}
        app.add_js_file(SCRIPT, loading_method="defer", **attributes)


def script_messages(messages: Messages) -> str:
    """Return the messages of the script in languages other than English, which it has itself."""
    if messages is ENGLISH:
        return ""
    gettext = messages.gettext
    own = {
        "near": messages.near(),
        "ahead": messages.counting("in {number} day", "in {number} days"),
        "ago": messages.counting("{number} day ago", "{number} days ago"),
        "day": messages.counting("{number} day", "{number} days"),
        "groups": [filled(gettext("{label}:"), label=gettext(label)) for label in DEADLINE_GROUPS],
        "passed": messages.counting("{number} deadline has passed", "{number} deadlines have passed"),
        "now": gettext("Now is {day}, in week {week}."),
    }
    return json.dumps(own, ensure_ascii=False, sort_keys=True)


def setup(app: Sphinx) -> None:
    """Register the days and the script."""
    app.add_post_transform(DayElements)
    app.add_post_transform(LargeDays)
    app.add_post_transform(PassedDeadlines)
    app.connect("html-page-context", add_script)
