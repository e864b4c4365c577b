"""Every key that the format of fragments declares is in every output, but for what is listed here with its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

import pytest

from sphinxext.digest.cli.report import FORMATS
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.fields import (
    SECTION_FIELDS,
    Field,
    SectionFields,
    fields_of,
    section_of,
    value_for_json,
)
from sphinxext.digest.fragments.write import dump_fragment
from sphinxext.digest.joint.merge import Joined, parse_index
from sphinxext.digest.model.keys import Choice, LabelledEnum, Type
from sphinxext.digest.render.digest import digest_source

from .building import Build, empty_project

DAY = "2015-12-02"
CONF = 'digest_base_url = "https://docs.example.org/"\n'
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   successes\n   thread\n   countdown\n   events\n   one\n"
PAGES = {
    "successes": ".. successbot::\n",
    "thread": ".. thread-summary:: every\n",
    "countdown": ".. countdown:: countdownseries\n",
    "events": f".. upcoming-events::\n   :at: {DAY}\n",
    "one": f".. digest:: {DAY}\n",
}
SUCCESS, ITEM, COUNTDOWN, THREAD, STORY, EVENT = (str(section.note.kind) for section in SECTION_FIELDS.values())
ALL = (SUCCESS, ITEM, COUNTDOWN, THREAD, STORY, EVENT)

#: The files of a build with the kinds of note that each has.
FILES = {
    "html": {
        "digests/2015-12-04.html": ALL,
        "successes.html": (SUCCESS,),
        "thread.html": (THREAD,),
        "countdown.html": (COUNTDOWN,),
        "events.html": (EVENT,),
        "one.html": ALL,
        "digests/successes/2015.html": (SUCCESS,),
        "digests/people/successnick.html": (SUCCESS,),
        "digests/channels/successchannel.html": (SUCCESS,),
        "digests/threads/0000000000000006.html": (THREAD,),
        "digests/series/countdownseries.html": (COUNTDOWN,),
        "digests/events.ics": (EVENT,),
        "digests/atom.xml": ALL,
        "digests/feed.json": ALL,
        "digests/notes.js": ALL,
    },
    "text": {"digests/2015-12-04.txt": ALL},
    "digest-mail": {"digests/2015-12-04.txt": ALL},
}
#: Reports for programs.
RECORDS = ("json",)
#: What is not shown: an output as a pattern, keys as a pattern, and the reason.
NOT_SHOWN = (
    (".*", r"\w+\.date", "it decides on which page a note is, and in which order"),
    (".*", r"thread\.continues", "a link to the earlier part, which has other words"),
    (r"text|digest-mail .*", r"success\.(channel|url)", "mails leave out where a success was told"),
    (r"text .*", r"\w+\.url", "text has the words of links"),
    (
        r"(?!html digests/(2015|threads)|html (thread|one)).*",
        r"thread\.participants",
        "a line below a thread on pages",
    ),
    (r".*people.*", r"success\.nick", "the page is about that person"),
    (r".* countdown\.html", r"countdown\.series", "the author of the page writes what it is about"),
    (r".*series.*", r"countdown\.(general|actions|dates|url)", "the archive has what to focus on"),
    (r".*notes\.js", r"\w+\.url|event\.(start|end|online|deadlines)", "the filter finds words and people"),
    (r".*notes\.js", r"thread\.state", "the filter has the value, and its labels once for all notes"),
    (r".*events\.ics", r"event\.(start|end)", "calendars have a form of their own for times"),
)


def last_of(choice: Choice) -> LabelledEnum:
    """The last of the values, since the first may be the default, which some outputs do not show."""
    return [*choice.values][-1]


def value_of(section: SectionFields, field: Field) -> object:
    """A value that no other key has; for types with a form of their own, one that nothing else looks like."""
    if field.type is Type.FLAG:
        return True
    if isinstance(field.type, Choice):
        return str(last_of(field.type))
    word = f"{section.note.kind}{field.name}"
    forms = {
        Type.URL: f"https://{word}.example.org/",
        Type.MOMENT: f"{DAY}T11:59:00Z",
        Type.WEEK: "R-17",
        Type.THREAD: "begin",
        Type.PARTICIPANTS: f"{word}: 3\nSomebody: 1",
        Type.WHEN: f"2015-12-03T{'18:30' if field.name == 'start' else '20:45'}:00Z",
        Type.DEADLINES: f"2015-12-09: {word}",
    }
    return forms.get(field.type, word)


def shown_of(output: str, section: SectionFields, field: Field) -> str:
    """What an output has of a value: for readers the label of one of a few, for programs the value."""
    value = str(value_of(section, field))
    if field.type is Type.FLAG:
        return field.name
    if isinstance(field.type, Choice) and output not in RECORDS:
        return last_of(field.type).label
    if field.type is Type.WHEN:
        return value[11:16]
    if field.type is Type.DEADLINES:
        return value.partition(": ")[2]
    return value.partition(":")[0] if field.type is Type.PARTICIPANTS else value


FRAGMENT = dump_fragment(
    {
        section.name: [{name: value_of(section, field) for name, field in section.fields.items()}]
        for section in SECTION_FIELDS.values()
    },
    date=DAY,
)
#: Only where there are several series their names are shown.
OTHER = f"date: {DAY}\ncountdown: [{{series: other, focus: Wait}}]\n"
BEGINNING = "date: 2015-11-20\nthreads: [{title: Begin}]\n"


def missing(output: str, text: str, kinds: tuple[str, ...] = ALL) -> list[str]:
    """The keys of notes that an output lacks, but for those that it leaves out, each with its value here."""
    keys = {
        f"{section.note.kind}.{field.name}": shown_of(output, section, field)
        for section in SECTION_FIELDS.values()
        for field in section.fields.values()
        if section.note.kind in kinds
    }
    hidden = [what for where, what, _why in NOT_SHOWN if re.fullmatch(where, output)]
    keys = {key: value for key, value in keys.items() if not any(re.fullmatch(what, key) for what in hidden)}
    # some headings begin with a capital, and some formats escape
    text = text.replace("\\", "").casefold()
    return [f"{key} ({value})" for key, value in keys.items() if value.casefold() not in text]


def check_shown(lacking: dict[str, list[str]]) -> None:
    """Fail if an output lacks a key."""
    lines = [f"{output}: {', '.join(keys)}" for output, keys in lacking.items() if keys]
    if lines:
        todo = "Show these keys there, mostly in doctree/notes.py, or add them to NOT_SHOWN with the reason"
        pytest.fail("\n  ".join([f"{todo}:", *lines]), pytrace=False)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Build]:
    project = empty_project(tmp_path_factory.mktemp("every") / "src", CONF)
    project.write("index.rst", INDEX)
    for name, text in PAGES.items():
        project.write(f"{name}.rst", f"{name}\n{'=' * len(name)}\n\n{text}")
    project.fragment("every-5", FRAGMENT)
    project.fragment("begin-6", BEGINNING)
    project.fragment("other-7", OTHER)
    return cache(lambda builder: project.build(builder, fail_on_warning=True))


@pytest.mark.parametrize("builder", FILES)
def test_every_page_and_published_file_shows_every_key(builds: Callable[[str], Build], builder: str) -> None:
    build = builds(builder)

    outputs = {f"{builder} {name}": (build.text(name), kinds) for name, kinds in FILES[builder].items()}
    check_shown({output: missing(output, text, kinds) for output, (text, kinds) in outputs.items()})


@pytest.mark.parametrize("form", FORMATS)
def test_every_report_shows_every_key(make_collection: Callable[..., Collection], form: str) -> None:
    collection = make_collection({"every": FRAGMENT, "begin": BEGINNING, "other": OTHER})

    text, problems = FORMATS[form](digest_source(collection, collection.period(DAY)))

    assert problems == []
    check_shown({form: missing(form, text)})


def test_every_key_is_in_the_index_and_comes_from_there_into_another_project(builds: Callable[[str], Build]) -> None:
    index = builds("html").text("digests/index.json")

    records = {record["kind"]: record for record in json.loads(index)["notes"] if record["identity"].endswith("5")}
    joined = Joined()
    joined.add(parse_index(index.encode(), "index.json"))

    assert joined.problems == []
    for note in next(fragment for fragment in joined.fragments if fragment.identity.endswith("5")).notes:
        section = section_of(note.kind)
        values = {name: value_of(section, field) for name, field in section.fields.items()}
        assert values.items() <= records[note.kind].items()
        # the name of a thread is its identity there
        expected = values | ({"continues": f"{6:016x}"} if "continues" in values else {})
        assert {field.name: value_for_json(value) for field, value in fields_of(note)} == expected
