"""Texts of fragments for translators, and pages with their translations."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sphinx.locale
from babel.messages.pofile import read_po

from .building import Build, Project, copy_root, empty_project
from .catalogues import translate
from .outputs import broken_links, pages
from .release_histories import Notes

Root = Callable[[str], Project]

#: What a translator may write: markup, names and footnotes of the text, another order, another beginning.
DIGESTS = {
    "Welcome reader, *prelude* speaks first.": "Willkommen, der *Auftakt* beginnt.",
    "ttx: Nova mitaka-1 (13.0.0.0b1) published!": "ttx: Nova mitaka-1 (13.0.0.0b1) ist *erschienen*!",
    "stevemar: Got reno in all keystone projects.": "Reno ist dank stevemar in allen Keystone-Projekten.",
    "Backwards compatibility for clients": "Abwärtskompatibilität für Clients",
    "Specs Close to Merging": "Fast fertige Entwürfe",
    "Deprecation rules with `a link <https://review.example/2>`__ inside":
        "Mit `einem Verweis <https://review.example/2>`__ darin",
    "Teams should wrap up blueprints.": "Teams schließen Entwürfe ab.",
    "Mitaka-2 arrives January nineteenth.": "Mitaka-2 kommt am neunzehnten Januar.",
    "The *Lock Files* Saga (and Where We Can Go From Here)": "Die Saga der *Sperrdateien*",
    "fourth level ends": "die vierte Ebene endet",
    "Numbered `proposal`_ here [#]_": "Hier [#]_ ein nummerierter `Vorschlag <proposal_>`_",
    "Consequences": "Folgen",
    "Races": "Wettläufe",
    "Beware of deadlocks.": "Vorsicht vor Verklemmungen.",
    "A footnote about locks.": "Eine Fußnote über Sperren.",
    "Everything was settled [#]_, see the `proposal <https://review.example/proposal>`__, or https://bare.example/url.":
        "Alles ist geklärt [#]_, siehe https://bare.example/url oder den `Vorschlag <https://review.example/proposal>`__.",
    "Replaced |term|": "Ersetzt durch |term|",
    "Other News": "Andere Neuigkeiten",
    "Announcing a new cloud provider": "Ein neuer Anbieter",
    "Region": "Gegend",
    "Term of contract": "Laufzeit des Vertrags",
    "Verses are": "Verse sind",
    "Ending::": "Ende::",
    "literal block stays": "der Block bleibt",
    "Prose without heading ends the list.": "Prosa ohne Überschrift beendet die Liste.",
    "dhellmann: Reno two is out.": "dhellmann: Reno zwei ist da.",
}  # fmt: skip
OTHER = {
    "Nobody said this.": "Das hat niemand gesagt.",
    "The *Lock Files* Saga (and Where We Can Go From Here)": "Die Sperrdateien",
}
#: What shows of a translation, where it is not the same as its markup.
_MARKUP = re.compile(r" ?\[#\]_|`(.*?) <.*?>`_+|[*|]|:$|\.$")


@pytest.fixture(autouse=True)
def one_language() -> Iterator[None]:
    """Sphinx keeps translators as long as the process runs."""
    sphinx.locale.translators.clear()
    yield
    sphinx.locale.translators.clear()


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Build]:
    """Builds the project with notes of all kinds in German, once with each builder, without warnings."""
    project = copy_root("kinds", tmp_path_factory.mktemp("translated") / "src")
    translate(project, "digests", DIGESTS)
    translate(project, "other", OTHER)
    made: dict[tuple[str, str, int], Build] = {}

    def build(builder: str, language: str = "de", parallel: int = 1) -> Build:
        key = (builder, language, parallel)
        if key not in made:
            sphinx.locale.translators.clear()
            name = "-".join(map(str, key))
            made[key] = project.build(
                builder, fail_on_warning=True, language=language, parallel=parallel, output=name, doctrees=f"{name}-d"
            )
        assert made[key].warnings == []
        return made[key]

    return build


def visible(text: str) -> list[str]:
    """The words of a translation that every output has, in the pieces that markup leaves."""
    text = text.replace("|term|", "").replace("https://bare.example/url", "*")
    return [piece.strip() for piece in re.split(r"\[#\]_|`|<[^>]*>`?_*|\*|::|_", text) if piece.strip()]


# what translators get


def places(build: Build, domain: str) -> dict[str, list[str]]:
    """The messages of a catalogue with the files and lines they come from, as seen from the project."""
    with (build.outdir / f"{domain}.pot").open("rb") as stream:
        catalogue = read_po(stream)
    source = os.path.relpath(build.env.srcdir, build.outdir).replace(os.sep, "/")
    return {
        str(message.id): [f"{file.removeprefix(source + '/')}:{line}" for file, line in message.locations]
        for message in catalogue
        if message.id
    }


def test_each_text_is_extracted_at_its_own_place(builds: Callable[..., Build]) -> None:
    found = places(builds("gettext", "en"), "digests")
    folder = "releasenotes/digests"
    expected = {
        "Welcome reader, *prelude* speaks first.": f"{folder}/prelude-0000000000000001.yaml:4",
        "stevemar: Got reno in all keystone projects.": f"{folder}/wins-0000000000000002.yaml:5",
        "Specs Close to Merging": f"{folder}/specs-0000000000000003.yaml:4",
        "Backwards compatibility for clients": f"{folder}/specs-0000000000000003.yaml:5",
        "Liaisons watch the queue.": f"{folder}/countdown-0000000000000004.yaml:11",
        "The *Lock Files* Saga (and Where We Can Go From Here)": f"{folder}/quagga-0000000000000005.yaml:4",
        "fourth level ends": f"{folder}/quagga-0000000000000005.yaml:14",
        "Announcing a new cloud provider": f"{folder}/stories-0000000000000007.yaml:4",
        "We welcome a provider.": f"{folder}/stories-0000000000000007.yaml:9",
    }
    assert {message: found.get(message) for message in expected} == {
        message: [place] for message, place in expected.items()
    }


def test_nothing_is_extracted_that_nobody_has_to_translate(builds: Callable[..., Build]) -> None:
    # our own words have catalogues of their own, and made pages no titles but days
    found = places(builds("gettext", "en"), "digests")
    elsewhere = {message: files for message, files in found.items() if "releasenotes/digests/" not in str(files)}
    assert elsewhere == {}
    assert set(DIGESTS) <= set(found)


def test_words_of_the_settings_come_from_the_settings(project: Project) -> None:
    project.write(
        "index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n\n.. note::\n\n   .. digest:: latest\n"
    )
    project.write(
        "releasenotes/digest.yaml",
        "collection_title: Our news\nsuccess_heading: Hooray\ngroups: [Standing]\nempty_group: Empty.\n"
        "success_closing: Tell us.\n",
    )
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\nitems: [{text: c}]\n")
    found = {**places(project.build("gettext"), "digests"), **places(project.build("gettext"), "index")}
    place = ["releasenotes/digest.yaml:1"]
    words = ("Our news", "Hooray", "Standing", "Empty.", "Tell us.")
    assert {message: found.get(message) for message in words} == dict.fromkeys(words, place)
    assert "In Brief" not in found


def test_words_of_conf_come_from_conf(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\n")
    build = project.build("gettext", digest_success_heading="Hooray", digest_automatic=False)
    assert places(build, "index")["Hooray"] == ["conf.py:1"]


def test_release_notes_are_extracted_and_translated(notes: Notes, site: Project) -> None:
    notes.commit_note("feature-1", "features:\n  - |\n    A feature, see :ref:`the list <genindex>`.\n", "1.0.0")
    site.write("alpha.rst", "Alpha\n=====\n")
    found = places(site.build("gettext"), "current")
    assert found["A feature, see :ref:`the list <genindex>`."] == [
        "releasenotes/notes/feature-0000000000000001.yaml:3"
    ]
    translate(site, "current", {
        "A feature, see :ref:`the list <genindex>`.": "Neu, siehe :ref:`die Liste <genindex>`.",
        "New Features": "Neue Funktionen",
    })  # fmt: skip
    english, german = (
        site.build(language=language, output=language, doctrees=f"d-{language}") for language in ("en", "de")
    )
    assert german.warnings == []
    assert "Neu, siehe" in german.text("current.html")
    assert "Neue Funktionen" in german.text("current.html")
    assert identifiers(german)["current.html"] == identifiers(english)["current.html"]


# what readers get


@pytest.mark.parametrize("builder", ["html", "singlehtml", "text", "latex", "xml", "epub"])
def test_a_translated_build_shows_the_translations(builds: Callable[..., Build], builder: str) -> None:
    build = builds(builder)
    if builder in ("html", "singlehtml"):
        words = " ".join(page.body.text_content() for page in pages(build.outdir).values())
    elif builder == "epub":
        words = " ".join(re.sub(r"<[^>]*>", "", file.read_text()) for file in sorted(build.outdir.rglob("*.xhtml")))
    else:
        suffix = {"text": "txt", "latex": "tex", "xml": "xml"}[builder]
        words = " ".join(file.read_text() for file in sorted(build.outdir.rglob(f"*.{suffix}")))
        words = re.sub(r"<[^>]*>|[{}]", "", words.replace(r"\sphinxhyphen{}", "-"))
    words = re.sub(r"\s+", " ", words)
    missing = [
        piece
        for text in DIGESTS.values()
        for piece in visible(text)
        if re.sub(r"\s+", " ", piece) not in words and not (builder == "latex" and "Block" in piece)
    ]
    assert missing == []


def test_no_original_is_left(builds: Callable[..., Build]) -> None:
    text = re.sub(r"\s+", " ", builds("text").text("digests/2015-12-04.txt"))
    left = [piece for message in DIGESTS for piece in visible(message) if len(piece) > 8 and piece in text]
    assert left == []


def test_pages_with_directives_have_catalogues_of_their_own(builds: Callable[..., Build]) -> None:
    text = builds("text").text("other.txt")
    assert "* Das hat niemand gesagt." in text
    assert "Die Sperrdateien" in text


def identifiers(build: Build) -> dict[str, list[str]]:
    """The identifiers on the pages of documents."""
    found = {name: page.xpath("//@id") for name, page in pages(build.outdir).items()}
    return {name: ids for name, ids in found.items() if name.removesuffix(".html") in build.env.all_docs}


def test_identifiers_are_the_same_in_every_language(builds: Callable[..., Build]) -> None:
    english, german, japanese = (identifiers(builds("html", language)) for language in ("en", "de", "ja"))
    assert german == english
    assert japanese == english
    assert "success-0000000000000002" in english["digests/2015-12-04.html"]
    assert "in-brief-2015-12-04" in english["digests/2015-12-04.html"]


def test_links_lead_to_what_is_translated(builds: Callable[..., Build]) -> None:
    assert list(broken_links(builds("html").outdir)) == []
    assert sorted(broken_links(builds("singlehtml").outdir)) == sorted(broken_links(builds("singlehtml", "en").outdir))


def test_objects_have_the_same_names_and_translated_titles(builds: Callable[..., Build]) -> None:
    def objects(build: Build) -> dict[tuple[str, str], tuple[str, ...]]:
        found = build.env.get_domain("digest").get_objects()
        return {(type_, name): (f"{docname}#{anchor}", title) for name, title, type_, docname, anchor, _ in found}

    english, german = objects(builds("html", "en")), objects(builds("html"))
    assert {key: item[0] for key, item in german.items()} == {key: item[0] for key, item in english.items()}
    assert german["thread", "quagga"][1] == "Die Saga der Sperrdateien"
    assert german["success", "0000000000000002-2"][1] == "Nova mitaka-1 (13.0.0.0b1) ist erschienen!"


def test_a_translated_success_keeps_what_stands_around_it(builds: Callable[..., Build]) -> None:
    page = pages(builds("html").outdir)["digests/2015-12-04.html"]
    (ttx,) = page.xpath("//*[@id='success-0000000000000002-2']/..")
    assert "".join(ttx.itertext()) == "ttx: Nova mitaka-1 (13.0.0.0b1) ist erschienen!\xa0¶"
    assert ttx.xpath("a/span[@class='digest-nick']/text()") == ["ttx"]
    # who says it otherwise than "nick: text" has said it all
    (stevemar,) = page.xpath("//*[@id='success-0000000000000002']/..")
    assert "".join(stevemar.itertext()) == "Reno ist dank stevemar in allen Keystone-Projekten. (#openstack-dev)\xa0¶"
    (item,) = page.xpath("//*[@id='item-0000000000000003']/..")
    assert item.xpath("a[1]/@href") == ["https://review.example/1"]
    assert item.xpath("a[1]/text()") == ["Abwärtskompatibilität für Clients"]


def test_several_processes_make_the_same(builds: Callable[..., Build]) -> None:
    one, two = (pages(builds("html", "de", processes).outdir) for processes in (1, 2))
    assert {name: page.text_content() for name, page in one.items()} == {
        name: page.text_content() for name, page in two.items()
    }


def test_catalogues_come_from_the_doctrees_of_a_translated_build_as_well(builds: Callable[..., Build]) -> None:
    # Sphinx compiles the catalogues for what people read, and not for gettext
    builds("html", "de")
    # Sphinx itself takes literal blocks as they are
    literal = {"der Block bleibt", "literal block stays"}
    assert set(places(builds("gettext", "de"), "digests")) ^ set(places(builds("gettext", "en"), "digests")) == literal


def test_elements_are_marked_as_sphinx_marks_them(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n|translation progress|\n\n.. successbot::\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: *one*', 'b: two', 'c: three']\n")
    translate(project, "index", {"a: *one*": "a: *eins*", "b: two": "b: zwei"})
    build = project.build("pseudoxml", language="de", digest_automatic=False)
    text = build.text("index.pseudoxml")
    # docutils 0.22 writes truth as a number
    assert len(re.findall(r'translated="(?:True|1)"', text)) == 2
    assert "translatable" not in text
    assert "28.57%" not in text
    assert "<emphasis>\n" in text


def test_pages_are_read_again_when_a_translation_comes(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: one']\n")
    project.age()
    overrides = {"language": "de", "fail_on_warning": True}
    project.build("text", **overrides)
    assert project.build("text", **overrides).read == []
    translate(project, "digests", {"a: one": "a: eins"})
    build = project.build("text", **overrides)
    assert "digests/2015-12-04" in build.read
    assert "a: eins" in build.text("digests/2015-12-04.txt")


# what is wrong with translations


@pytest.mark.parametrize(
    ("translation", "message", "shown"),
    [
        ("a: :nonsense:`x`", 'Unknown interpreted text role "nonsense"', ":nonsense:`x`"),
        ("a: `kaputt`_", 'Unknown target name: "kaputt"', "kaputt"),
        ("* a\n* b", "it must be one paragraph", "* a * b"),
        (".. raw:: html\n\n   <b>", "it must be one paragraph", ".. raw:: html"),
    ],
)
def test_a_wrong_translation_is_reported_at_the_fragment(
    project: Project, translation: str, message: str, shown: str
) -> None:
    project.write("index.rst", "Title\n=====\n\n.. successbot::\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses:\n  - 'a: one'\n")
    translate(project, "index", {"a: one": translation})
    build = project.build("text", language="de", digest_automatic=False)
    assert build.warnings
    place = "<src>/releasenotes/digests/one-0000000000000001.yaml:3:"
    assert all(line.startswith(place) for line in build.warnings), build.warnings
    assert message in " ".join(build.warnings)
    assert shown in build.text("index.txt")


def test_a_broken_catalogue_ends_no_build(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. successbot::\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: one']\n")
    file = project.write("locales/de/LC_MESSAGES/index.mo", "nothing")
    build = project.build("text", language="de", digest_automatic=False, gettext_auto_build=False)
    assert file.is_file()
    assert "a: one" in build.text("index.txt")


def test_names_that_a_translation_has_taken_for_words(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. thread-summary:: one\n")
    project.fragment(
        "one-1",
        "date: 2015-12-01\nthreads:\n  - title: T\n    summary: |\n      See `the plan`_ and _`here`.\n\n"
        "      .. _the plan: https://e.org/plan\n",
    )
    translate(project, "index", {"See `the plan`_ and _`here`.": "Siehe `den Plan`_ und _`hier`."})
    german = project.build(language="de", digest_automatic=False, fail_on_warning=True)
    assert '<a class="reference external" href="https://e.org/plan">den Plan</a>' in german.text("index.html")
    sphinx.locale.translators.clear()
    english = project.build(digest_automatic=False, output="en", doctrees="d-en", fail_on_warning=True)
    assert identifiers(german)["index.html"] == identifiers(english)["index.html"]


def test_a_schedule_is_translated_as_well(project: Project, tmp_path: Path) -> None:
    project.write("index.rst", "Title\n=====\n\n.. release-schedule:: heron\n")
    project.write(
        "schedules/heron/schedule.yaml",
        "start-week: 2026-10-26\nrelease-week: 2026-11-02\ncycle:\n"
        "  - {start: 2026-10-26, end: 2026-10-30, name: R-1, x-project: [h-1]}\n"
        "  - {start: 2026-11-02, end: 2026-11-06, name: R+0, x-project: [h-final]}\n",
    )
    project.write(
        "schedules/heron/schedule.rst", ".. _h-1:\n\nOne\n---\n\nThe first.\n\n.. _h-final:\n\nLast\n----\n\nOver.\n"
    )
    options = {"digest_schedules": ["schedules"], "exclude_patterns": ["schedules"], "digest_automatic": False}
    assert places(project.build("gettext", **options), "index")["The first."] == ["schedules/heron/schedule.rst:6"]
    translate(project, "index", {"The first.": "Der erste."})
    build = project.build("text", language="de", fail_on_warning=True, **options)
    text = build.text("index.txt")
    assert "Der erste." in text
    assert "2.–6. Nov. 2026" in text
    assert "29. Oktober 2026 (Woche R-1)" in text


def test_an_english_build_looks_for_no_catalogue(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. successbot::\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: one']\n")
    translate(project, "index", {"a: one": "a: eins"})
    assert "a: one" in project.build("text", digest_automatic=False).text("index.txt")
