"""The settings file to begin with: what people change first, commented out, and OpenStack's values for OpenStack."""

from __future__ import annotations

_HEAD = """\
# Settings of sphinx-digest and of the documentation's build. All of them are
# optional; to set one, remove the "# " before its name. The reference of
# sphinxext-digest lists more.
---
"""
_TITLE = """\
# The title of a digest; {period} stands for its days in words.
# title: "Digest, {period}"
"""
_WEEKS = """
# How often a digest appears (weekly, biweekly or monthly), and the first day
# of its weeks.
# period: biweekly
"""
_WEEK_START = "# week_start: saturday\n"
_SUCCESSES = """
# The heading of the successes, and a line that closes them.
"""
_HEADING = """\
# success_heading: Good News
# success_closing: Tell us yours on the mailing list.
"""
_REST = """
# A page that lists all successes, if there is another one than ours.
# success_url: https://wiki.example.org/successes

# Where readers tell their own news, and change the file of a note.
# add_url: https://github.com/OWNER/NAME/new/main/releasenotes/digests
# source_url: https://github.com/OWNER/NAME/edit/main/{path}

# Where the documentation is published. Reports and mails then link to it.
# base_url: https://docs.example.org/

# Where release schedules are, for the countdown.
# schedules: [../releases]

# What "sphinx-digest collect" drafts from, each with the options of its
# command ("sphinx-digest collect --help" lists them).
# sources: [{feed: https://blog.example.org/atom.xml, group: Blogs}]
"""
_OPENSTACK_WEEK_START = """\
week_start: saturday

# Days as in OpenStack's mails: November 28 to December 4.
plain_dates: true
"""
_OPENSTACK_HEADING = """\
success_heading: SuccessBot Says
success_closing: >-
  Tell us yours via IRC with a message “#success [insert success]”.
text_layout: openstack
"""
_PAGES = """
# The folder of the pages, relative to the documentation's root.
pages: {}
"""


def settings_text(*, openstack: bool = False, pages: str | None = None) -> str:
    """Return a settings file to begin with.

    :param openstack: sets the values that OpenStack's digests have.
    :param pages: the folder of pages, if it is not the default one.
    """
    week_start = _OPENSTACK_WEEK_START if openstack else _WEEK_START
    heading = _OPENSTACK_HEADING if openstack else _HEADING
    end = "" if pages is None else _PAGES.format(pages)
    return f"{_HEAD}{_TITLE}{_WEEKS}{week_start}{_SUCCESSES}{heading}{_REST}{end}"
