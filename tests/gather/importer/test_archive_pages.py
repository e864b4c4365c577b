"""Mails on the pages of list archives, in the HTML of Pipermail and of HyperKitty."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sphinxext.digest.gather.importer.issue import ImportOptions, fragments_of, issue_of
from sphinxext.digest.gather.importer.sources import PostSource, read_source
from sphinxext.digest.settings.options import Settings

LINK = "https://lists.example.org/archives/list/lamps@example.org/thread/ABCDEFGHIJKLMNOPQRSTUVWXYZ/"
PIPERMAIL = f"""\
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">
<HTML>
 <HEAD><TITLE> [lamps] Lamp Digest January 5-11
   </TITLE></HEAD>
 <BODY BGCOLOR="#ffffff">
   <H1>[lamps] Lamp Digest January 5-11</H1>
    <B>Mia Larsen</B>
    <A HREF="mailto:lamps%40lists.example.org" TITLE="[lamps] Lamp Digest">mia at example.org
       </A><BR>
    <I>Mon Jan 12 09:30:00 UTC 2026</I>
    <P><UL><LI>Previous message: <A HREF="000001.html">[lamps] Wicks</A></li></UL>
    <HR>
<!--beginarticle-->
<PRE>Success Bot Says
================
* mia: The lamp &amp; the wick burn again

Wicks are longer
================
Bo asked <A HREF="http://lists.example.org/listinfo/lamps">bo at example.org</A> how long they may be [1].

[1] <A HREF="{LINK}">{LINK}</A>

-------------- next part --------------
An HTML attachment was scrubbed...
</PRE>
<!--endarticle-->
    <HR><P><UL><LI>Previous message: <A HREF="000001.html">[lamps] Wicks</A></li></UL>
</body></html>
"""
HYPERKITTY = f"""\
<!DOCTYPE html>
<html><head><title>Lamp Digest January 5-11 - Lamps - lists.example.org</title></head>
<body><nav>Archives</nav>
<div class="message-header row"><h1>[lamps] Lamp Digest January 5-11</h1></div>
<div class="email email-first">
    <div id="X" class="email-header">
        <div class="email-author"><span class="name"><a href="/users/1" title="Mia's">Mia Larsen</a></span></div>
        <div class="email-date float-right">
            <span class="date">{{date}}</span>
            <div class="time"><span title="Sender's time: Jan. 12, 2026, 9:30 a.m.">9:30 a.m.</span></div>
        </div>
    </div>
    <div class="email-body ">
        <p>Success Bot Says<br>
================<br>
* mia: The lamp &amp; the wick burn again</p>
<p>Wicks are longer<br>
================<br>
Bo asked <a href="mailto:bo@example.org">bo at example.org</a> how long they may be [1].</p>
<div class="quoted"><p>[1] <a href="{LINK}" rel="nofollow">{LINK[:60]}…</a></p></div>
    </div>
    <div class="email-info"><a class="reply" href="#">Reply</a></div>
</div>
<div class="email">
    <div class="email-header"><div class="email-author"><span class="name">Bo</span></div>
    <div class="email-date"><span class="date">13 Jan 2026</span></div></div>
    <div class="email-body ">Thanks!</div>
</div>
</body></html>
"""


def source(folder: Path, page: str) -> PostSource:
    (folder / "page.html").write_text(page, encoding="utf-8")
    return read_source(folder / "page.html", "page.html")


@pytest.mark.parametrize(
    ("page", "hour"),
    [
        (PIPERMAIL, 9),
        (HYPERKITTY.replace("{date}", "Monday, 12 January\n      2026"), 0),
        (HYPERKITTY.replace("{date}", "12 Jan"), 0),
        (HYPERKITTY.replace("{date}", ""), 0),
    ],
    ids=["pipermail", "hyperkitty", "year in an attribute", "day in an attribute"],
)
def test_the_mail_of_a_page(page: str, hour: int, tmp_path: Path) -> None:
    [post] = source(tmp_path, page).posts
    assert (post.title, post.author) == ("Lamp Digest January 5-11", "Mia Larsen")
    assert post.sent is not None
    assert post.sent.replace(minute=0) == datetime(2026, 1, 12, hour, tzinfo=UTC)
    issue, problems = issue_of(post, ImportOptions())
    assert issue is not None and problems == []
    success, story = fragments_of(issue, Settings())
    assert "date: 2026-01-11" in success.text and "heading: Success Bot Says" in success.text
    assert "text: The lamp & the wick burn again" in success.text
    assert [draft.words for draft in (success.draft, story.draft)] == ["successes", "Wicks are longer"]
    [note] = story.draft.notes
    assert " ".join(note["text"].split()) == f"Bo asked bo at example.org how long they may be `[1] <{LINK}>`__."


def test_answers_below_a_mail_are_counted(tmp_path: Path) -> None:
    page = source(tmp_path, HYPERKITTY)
    assert page.remarks == ["page.html: 1 answer below the mail left out"]
    assert "Thanks" not in "".join(block.plain for block in page.posts[0].blocks)


def test_words_that_are_links_keep_their_targets(tmp_path: Path) -> None:
    [post] = source(tmp_path, HYPERKITTY.replace(f"{LINK[:60]}…", "the thread")).posts
    assert f"the thread <{LINK}>" in "\n".join(post.source)


def test_lines_of_problems_are_those_of_the_page(tmp_path: Path) -> None:
    page = PIPERMAIL.replace(f'[1] <A HREF="{LINK}">{LINK}</A>', "Bye.")
    [post] = source(tmp_path, page).posts
    _, problems = issue_of(post, ImportOptions())
    [line] = [number for number, line in enumerate(page.split("\n"), 1) if "[1]" in line]
    assert [(str(problem.code), problem.line) for problem in problems] == [("lost-url", line)]


@pytest.mark.parametrize(
    "page",
    [
        "<html><!--beginarticle-->" + "<a href=x>" * 60_000 + "words",
        "<html><h1>Digest</h1>" + '<div class="email-date"><div class="email-body ">words' * 15_000,
        "<html>" + '<div class="email-author' * 40_000 + ' class="email-date <div class="email-body ">words',
    ],
    ids=["links", "mails", "unfinished"],
)
def test_a_hostile_page_takes_no_time(page: str, tmp_path: Path) -> None:
    start = time.process_time()
    source(tmp_path, page)
    assert time.process_time() - start < 5
