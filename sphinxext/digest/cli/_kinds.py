"""The help of the commands of ``sphinx-digest new``, by the kinds of notes."""

from __future__ import annotations

from dataclasses import dataclass

from sphinxext.digest.model import Kind


@dataclass(frozen=True)
class KindUsage:
    """The summary of a kind's command, how its help calls TEXT, further help, and examples."""

    summary: str
    text: str
    help: str
    examples: tuple[str, ...]


KIND_USAGES: dict[Kind, KindUsage] = {
    Kind.SUCCESS: KindUsage(
        "Write a success that somebody told.",
        "[[NICK:] TEXT]",
        "The word before the colon is taken for the nick of who told it, and printed. With --nick NICK, or --nick '' "
        "for nobody, all of TEXT is the text.",
        (
            'sphinx-digest new success "ada: The build is green!"',
            'sphinx-digest new success --nick ada "Released: 2.0 is out" --date yesterday',
            'sphinx-digest new success --nick ada --thanks grace "for the reviews"',
        ),
    ),
    Kind.ITEM: KindUsage(
        "Write a line of a short list.",
        "[TEXT]",
        "Lines with the same --group are one list.",
        (
            'sphinx-digest new item "A guide to fragments" --group "New in the docs"',
            'sphinx-digest new item "A faster parser" --url https://example.org/42',
        ),
    ),
    Kind.COUNTDOWN: KindUsage(
        "Write the countdown of a week of a release cycle.",
        "[SERIES [WEEK]]",
        "It needs one of --focus, --general, --actions and --dates. 'sphinx-digest collect schedule' drafts all.",
        ('sphinx-digest new countdown heron R-5 --focus "Finish the specs."',),
    ),
    Kind.THREAD: KindUsage(
        "Write the summary of a mailing-list thread.",
        "[TITLE]",
        "'sphinx-digest collect mbox' drafts summaries from the mails.",
        (
            'sphinx-digest new thread "Where should logs live?" --url https://lists.example.org/42 --state done',
            'sphinx-digest new thread "Where should logs live?" --edit',
        ),
    ),
    Kind.STORY: KindUsage(
        "Write dated prose: an announcement, a blog post, a piece of a newsletter.",
        "[TITLE]",
        "",
        ('sphinx-digest new story "A new home" --author "Docs team" --text "The docs have moved." --group News',),
    ),
    Kind.EVENT: KindUsage(
        "Write an event, which digests show until it is over.",
        "[TITLE]",
        "",
        (
            'sphinx-digest new event "Summit" --start 2027-05-18 --end 2027-05-20 --place Berlin',
            'sphinx-digest new event "Office hour" --start 2027-02-03T15:00Z --online',
            'sphinx-digest new event "Summit" --start 2027-05-18 --deadline "2027-02-01 Call for papers closes"',
        ),
    ),
}
