"""Our own words and the days on pages, in the language of the build."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import sphinx.locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import sphinxext.digest
from sphinxext.digest.extension.i18n import CATALOGUE, LOCALES, messages_for
from sphinxext.digest.model import ENGLISH, Period
from sphinxext.digest.render.digest import address_line
from sphinxext.digest.settings.options import Settings

from .building import Build, Project, copy_root, empty_project
from .catalogues import translate
from .outputs import pages

PACKAGE = Path(sphinxext.digest.__file__).parent
LANGUAGES = sorted(folder.name for folder in LOCALES.iterdir())
#: What messages of these tests tell to do.
TODO = "run tox -e words, translate what is new in the .po files, and run it again"
PLACE = re.compile(r"\{\w+\}")

SCHEDULE = """\
start-week: 2026-09-28
release-week: 2026-11-16
cycle:
  - {start: 2026-09-28, end: 2026-10-02, name: R-7, x-project: [h-1]}
  - {start: 2026-10-05, end: 2026-10-09, name: R-6}
  - {start: 2026-10-12, end: 2026-10-16, name: R-5}
  - {start: 2026-10-19, end: 2026-10-23, name: R-4, x-project: [feature-freeze]}
  - {start: 2026-10-26, end: 2026-10-30, name: R-3}
  - {start: 2026-11-02, end: 2026-11-06, name: R-2, project-specific: [h-puffin]}
  - {start: 2026-11-09, end: 2026-11-13, name: R-1, x-project: [h-rc1]}
  - {start: 2026-11-16, end: 2026-11-20, name: R+0}
"""
NOTES = {
    "one-1": "date: 2015-12-02\nsuccesses:\n  - {nick: ttx, thanks: anna, text: For all.}\n"
    "  - {thanks: bert, text: For more., url: 'https://e.org/log'}\n",
    "two-2": "date: 2015-12-02\nitems: [{text: 'Read `this <https://e.org/a>`__.', url: 'https://e.org/b'}]\n"
    "threads: [{title: Long, url: 'https://e.org/t', summary: Begun.}]\n"
    "stories: [{title: Story, author: Anna, url: 'https://e.org/s', text: Told.}]\n",
    "three-3": "date: 2015-12-09\nthreads: [{title: Longer, continues: two, summary: Ended.}]\n",
    "four-4": "date: 2015-12-10\n"
    "countdown: [{series: heron, week: R-17, focus: Work., general: Know., actions: Do.}]\n",
    "five-5": "date: 2015-12-10\ncountdown: [{series: ibis, dates: Soon.}]\n",
    "six-6": "date: 2015-12-31\nstories: [{text: '.. note:: Careful.'}]\n",
}
INDEX = """\
Title
=====

.. countdown:: heron current
   :at: 2026-10-28

.. release-schedule:: heron

.. toctree::

   digests/index
"""
OPTIONS = {
    "digest_schedules": ["schedules"],
    "digest_schedule_url": "https://e.org/{series}.html",
    "digest_success_url": "https://e.org/all",
    "digest_add_url": "https://e.org/new",
    "digest_source_url": "https://e.org/edit/{path}",
    "digest_groups": ["Standing"],
    "html_baseurl": "https://news.example/",
    "exclude_patterns": ["schedules", "build"],
}


@pytest.fixture(autouse=True)
def one_language() -> Iterator[None]:
    """Sphinx keeps translators as long as the process runs."""
    sphinx.locale.translators.clear()
    yield
    sphinx.locale.translators.clear()


def make_project(folder: Path) -> Project:
    """A project whose pages have as many of our own words as can be."""
    project = empty_project(folder)
    project.overrides = dict(OPTIONS)
    project.write("index.rst", INDEX)
    project.write("schedules/heron/schedule.yaml", SCHEDULE)
    project.write("schedules/heron/schedule.rst", ".. _h-1:\n\nOne\n---\n\nFirst.\n")
    for name, text in NOTES.items():
        project.fragment(name, text)
    return project


Builds = Callable[..., Build]


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Builds the project, once with each builder in each language, without a warning."""
    project = make_project(tmp_path_factory.mktemp("words") / "src")
    made: dict[tuple[str, str], Build] = {}

    def build(builder: str, language: str) -> Build:
        if (builder, language) not in made:
            sphinx.locale.translators.clear()
            name = f"{builder}-{language}"
            made[builder, language] = project.build(
                builder, fail_on_warning=True, language=language, output=name, doctrees=f"{name}-d"
            )
        assert made[builder, language].warnings == []
        return made[builder, language]

    return build


# the catalogues


def extracted() -> Catalog:
    """All our own words, as Babel finds them in the package."""
    found = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(PACKAGE, [("**.py", "python")]):
        found.add(message, context=context)
    return found


def read(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / f"{CATALOGUE}.po").open("rb") as stream:
        return read_po(stream, locale=language)


def test_there_are_catalogues() -> None:
    assert LANGUAGES == ["de", "ja"]
    assert len(extracted()) > 90


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_all_our_words_and_no_others(language: str) -> None:
    ours, theirs = ({message.id for message in catalogue if message.id} for catalogue in (extracted(), read(language)))
    lacking, needless = sorted(map(str, ours - theirs)), sorted(map(str, theirs - ours))
    assert not lacking and not needless, f"{language} lacks {lacking} and does not need {needless}: {TODO}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated_with_the_same_places(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        one = isinstance(message.id, str)
        originals, translations = ([message.id], [message.string]) if one else (message.id, message.string)
        for translation in translations:
            assert translation, f"{language} has no translation of {message.id!r}: {TODO}"
            assert sorted(PLACE.findall(translation)) == sorted(PLACE.findall(originals[-1])), message.id


def words_in(catalogue: Catalog) -> list[tuple[str, str]]:
    def joined(words: str | Sequence[str]) -> str:
        return words if isinstance(words, str) else "|".join(words)

    return sorted((joined(message.id), joined(message.string)) for message in catalogue if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_gettext_reads_is_what_the_catalogue_says(language: str) -> None:
    file = LOCALES / language / "LC_MESSAGES" / f"{CATALOGUE}.mo"
    with file.open("rb") as stream:
        compiled = words_in(read_mo(stream))
    assert compiled == words_in(read(language)), TODO


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_sphinx_has_as_well_are_the_same(language: str) -> None:
    sphinx.locale.init([sphinx.locale._LOCALE_DIR], language)
    for message in read(language):
        if message.id in ("Attention", "Caution", "Danger", "Error", "Hint", "Important", "Note", "Tip", "Warning"):
            assert sphinx.locale._(str(message.id)) in (message.string, message.id)


# the days


PERIODS = {
    ("2015-11-28", "2015-12-04"): ("28. November – 4. Dezember 2015", "2015年11月28日～12月4日"),
    ("2016-04-09", "2016-04-22"): ("9.–22. April 2016", "2016年4月9日～22日"),
    ("2015-12-26", "2016-01-01"): ("26. Dezember 2015 – 1. Januar 2016", "2015年12月26日～2016年1月1日"),
    ("2015-12-01", "2015-12-31"): ("Dezember 2015", "2015年12月"),
    ("2015-12-04", "2015-12-04"): ("4. Dezember 2015", "2015年12月4日"),
}


@pytest.mark.parametrize(("number", "language"), [(0, "de"), (1, "ja")])
def test_periods(number: int, language: str) -> None:
    for (start, end), titles in PERIODS.items():
        period = Period(date.fromisoformat(start), date.fromisoformat(end))
        assert messages_for(language).period(period) == titles[number]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["4. März", "4. März 2015", "März", "März", "März 2015", "2015", "2.–6. März", "2.–6. März 2015"]),
        ("ja", ["3月4日", "2015年3月4日", "3月", "3月", "2015年3月", "2015年", "3月2日～6日", "2015年3月2日～6日"]),
        # beside a day the name of a month may have another form than alone
        ("cs", ["4. března", "4. března 2015", "březen", "bře", "březen 2015", "2015", "2.–6. 3.", "2.–6. 3. 2015"]),
        ("fr", ["4 mars", "4 mars 2015", "mars", "mars", "mars 2015", "2015", "2–6 mars", "2–6 mars 2015"]),
        ("en", ["March 4", "March 4, 2015", "March", "Mar", "March 2015", "2015", "Mar 2–6", "Mar 2–6, 2015"]),
        ("pt_BR", ["4 de março", "4 de março de 2015", "março", "mar.", "março de 2015", "2015"]),
    ],
)
def test_days(language: str, words: list[str]) -> None:
    own, day = messages_for(language), date(2015, 3, 4)
    week = Period(date(2015, 3, 2), date(2015, 3, 6))
    found = [
        *(own.day(day), own.day_of_year(day), own.month(day), own.short_month(day), own.month_of_year(day)),
        *(own.year(day), own.week(week), own.week_of_year(week)),
    ]
    assert found[: len(words)] == words


@pytest.mark.parametrize("language", ["en", "en_GB", "en-US", "", None, "nonsense", "xx_YY"])
def test_english_and_languages_that_nobody_knows(language: str | None) -> None:
    assert messages_for(language) is ENGLISH


# pages


def test_german_pages(builds: Builds) -> None:
    build = builds("text", "de")
    first, second = (build.text(f"digests/2015-12-{day}.txt") for day in ("04", "11"))
    assert first.startswith("28. November – 4. Dezember 2015\n")
    for words in (
        "Standing\n========\n\nDiese Woche nichts Neues.",
        "Erfolge\n",
        "* ttx dankt anna: For all.",
        "* Dank an bert: For more. (Log: https://e.org/log)",
        "* Alle Erfolge: https://e.org/all",
        "Kurz notiert\n",
        "Link: https://e.org/b",
        "* Ganze Diskussion: https://e.org/t",
        "* Fortgesetzt in: 5.–11. Dezember",
        "Von Anna",
        "* Vollständiger Beitrag: https://e.org/s",
        "Verweise\n",
    ):
        assert words in first
    for words in (
        "Fortsetzung von: 28. November – 4. Dezember 2015",
        "Release-Countdown für Woche R-17, 14.–18. Dez. (Heron)\n",
        "Release-Countdown für die Woche vom 14.–18. Dez. (Ibis)\n",
        "* Schwerpunkt:",
        "* Allgemeine Hinweise:",
        "* Aufgaben zum Release:",
    ):
        assert words in second
    listing = build.text("digests/index.txt")
    assert listing.startswith("Digests\n")
    assert "2016\n   Januar\n      * 26. Dezember 2015 – 1. Januar 2016 (1 Beitrag)\n" in listing
    assert "2015\n   Dezember\n      * 5.–11. Dez.: Longer (2 Countdowns, 1 Diskussion)\n" in listing
    assert "* 28. Nov. – 4. Dez.: Long; Story (2 Erfolge, 1 Meldung, 1\n" in listing
    assert build.text("digests/2015-12.txt").startswith("Dezember 2015\n")


def test_japanese_pages(builds: Builds) -> None:
    build = builds("text", "ja")
    first = build.text("digests/2015-12-04.txt")
    assert first.startswith("2015年11月28日～12月4日\n")
    assert "成功報告\n" in first
    assert "* ttxさんからannaさんに感謝: For all." in first
    assert "* 続き：2015年12月5日～11日" in first
    listing = build.text("digests/index.txt")
    assert listing.startswith("ダイジェスト\n")
    assert "2016年\n   1月\n      * 2015年12月26日～2016年1月1日 (記事1件)\n" in listing


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", [
            "Release-Countdown für Woche R-3, 26.–30. Okt.",
            "Stand 28. Oktober 2026:",
            "Nächste Frist: h-puffin, 5. November 2026 (in 8 Tagen)",
            "Release: 18. November 2026 (in 21 Tagen)",
            "Nächste Fristen und Termine:",
            "12. November 2026 (Woche R-1)",
            "5. November 2026 (Woche R-2), für einige Projekte",
            "Nächste Woche:", "Später:",
            "Zeitachse von One",
            "8 Wochen vom 28. September 2026 bis zum 20. November 2026. Heute ist der 28. Oktober 2026, Woche R-3. "
            "Der Feature-Freeze beginnt in Woche R-4. Das Release ist am 18. November 2026.",
            "12345jetztR-5R+0Okt.Nov.",
            "R-4, 19.–23. Okt.:",
            "Release-Zeitplan", "Kalender zu One (iCalendar)",
            "Projektübergreifende Termine", "Projektspezifische Termine", "Woche", "Zeitraum",
            "9.–13. Nov. 2026",
        ]),
        ("ja", [
            "リリースカウントダウン：R-3の週（10月26日～30日）",
            "2026年10月28日現在：",
            "次の締め切り：h-puffin、2026年11月5日（8日後）",
            "リリース：2026年11月18日（21日後）",
            "2026年11月5日 （R-2の週）、一部のプロジェクトのみ",
            "来週：", "それ以降：",
            "2026年9月28日から2026年11月20日までの8週間。 現在は2026年10月28日、R-3の週です。",
            "Oneのカレンダー（iCalendar）",
            "2026年11月9日～13日",
        ]),
    ],
)  # fmt: skip
def test_countdowns_and_schedules(builds: Builds, language: str, expected: list[str]) -> None:
    text = re.sub(r"\s+", " ", pages(builds("html", language).outdir)["index.html"].body.text_content())
    assert [words for words in expected if words not in text] == [], text
    table = re.sub(r"[\s|]+", " ", builds("text", language).text("index.txt"))
    now = {"de": "(jetzt)", "ja": "現在"}[language]
    assert now in table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_word_is_left(builds: Builds, language: str) -> None:
    words = {
        message.id if isinstance(message.id, str) else message.id[1]
        for message in read(language)
        if message.id and message.string != message.id
    }
    # whole phrases only: single words occur in what the project says
    phrases = [piece.strip() for word in words for piece in PLACE.split(word) if len(piece.split()) > 1]
    assert len(phrases) > 25
    for builder, suffix in (("html", "html"), ("text", "txt"), ("latex", "tex"), ("digest-mail", "txt")):
        found = "\n".join(file.read_text() for file in sorted(builds(builder, language).outdir.rglob(f"*.{suffix}")))
        assert [phrase for phrase in phrases if phrase in re.sub(r"\s+", " ", found)] == []


def test_a_mail(builds: Builds) -> None:
    mail = builds("digest-mail", "de").text("digests/2015-12-04.txt")
    assert mail.startswith("Test Digest: 28. November – 4. Dezember 2015\n2 Erfolge, ")
    assert "\nIm Browser lesen: https://news.example/digests/2015-12-04.html\n\n" in mail
    assert "* Alle Erfolge: https://e.org/all" in mail
    assert "Bemerkung:\n  Careful." in builds("digest-mail", "de").text("digests/2016-01-01.txt")
    assert "\nブラウザーで読む: https://news.example/" in builds("digest-mail", "ja").text("digests/2015-12-04.txt")


@pytest.mark.parametrize(("language", "words"), [("de", ("HTML-Fassung", "Alle")), ("ja", ("HTML版", "すべて"))])
def test_a_mail_in_the_layout_of_openstack(language: str, words: tuple[str, str]) -> None:
    sphinx.locale.init([LOCALES], language, CATALOGUE)
    messages, settings = messages_for(language), Settings(text_layout="openstack")
    assert (address_line("u", settings, messages), messages.gettext("All")) == (f"{words[0]}: u", words[1])


def test_the_script_has_the_words_of_the_page(builds: Builds) -> None:
    (found,) = pages(builds("html", "de").outdir)["index.html"].xpath("//script/@data-words")
    words = json.loads(found)
    assert words["day"] == {"one": "{number} Tag", "other": "{number} Tage"}
    assert words["ahead"] == {"one": "in {number} Tag", "other": "in {number} Tagen"}
    assert words["now"] == "Heute ist der {day}, Woche {week}."
    assert words["groups"] == ["Diese Woche:", "Nächste Woche:", "Später:"]
    (found,) = pages(builds("html", "ja").outdir)["index.html"].xpath("//script/@data-words")
    assert json.loads(found)["day"] == {"other": "{number}日"}
    assert not pages(builds("html", "en").outdir)["index.html"].xpath("//script/@data-words")


def test_the_index_and_the_types_of_objects(builds: Builds) -> None:
    index = pages(builds("html", "de").outdir)["digest-notes.html"]
    assert index.xpath("string(//h1)") == "Index der Digests"
    assert {"(Diskussion)", "(Countdown)", "(Beitrag)", "(Meldung)", "(1 Erfolg)"} <= set(
        re.findall(r"\([\w ]+\)", index.body.text_content())
    )
    index = pages(builds("html", "ja").outdir)["digest-notes.html"]
    assert {"(スレッド)", "(成功報告1件)"} <= set(re.findall(r"\([\w ]+\)", index.body.text_content()))


def identities(build: Build) -> list[tuple[str, str]]:
    found = pages(build.outdir)
    return [
        (name, identifier)
        for name, page in found.items()
        if name.removesuffix(".html") in build.env.all_docs
        for identifier in page.xpath("//@id")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_identifiers_and_names_do_not_depend_on_the_language(builds: Builds, language: str) -> None:
    english, other = builds("html", "en"), builds("html", language)
    assert identities(other) == identities(english)
    names = [
        {(type_, name, docname, anchor) for name, _title, type_, docname, anchor, _ in objects}
        for objects in (build.env.get_domain("digest").get_objects() for build in (english, other))
    ]
    assert names[0] == names[1]
    files = [sorted(file.name for file in build.outdir.rglob("*.html")) for build in (english, other)]
    assert files[0] == files[1]


def test_words_of_a_project_are_its_own(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\nitems: [{group: Focus, text: c}]\n")
    build = project.build(
        "text",
        language="de",
        digest_success_heading="Releases",
        digest_collection_title="Events",
        digest_success_closing="Note",
        digest_title="Release {period}",
    )
    text = build.text("digests/2015-12-04.txt")
    assert text.startswith("Release 28. November – 4. Dezember 2015\n")
    assert all(words in text for words in ("Releases\n", "* Note\n", "Focus\n"))
    assert build.text("digests/index.txt").startswith("Events\n")


def test_a_project_can_bring_a_language(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\nthreads: [{title: T, url: 'https://e.org/'}]\n")
    translate(project, CATALOGUE, {"Successes": "SuccessBot dit", "{label}:": "{unknown} {"}, "fr")
    text = project.build("text", language="fr", fail_on_warning=True).text("digests/2015-12-04.txt")
    assert text.startswith("28 novembre – 4 décembre 2015\n")
    assert "SuccessBot dit\n" in text
    assert "Full thread" in text


def test_a_project_can_have_other_words_than_ours(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\nthreads: [{title: T, url: 'https://e.org/'}]\n")
    translate(project, CATALOGUE, {"Successes": "Gelungen"})
    text = project.build("text", language="de", fail_on_warning=True).text("digests/2015-12-04.txt")
    assert "Gelungen\n" in text
    assert "Ganze Diskussion" in text


def test_another_language_reads_all_pages_again(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-01\nsuccesses: ['a: b']\n")
    project.age()
    project.build("text", language="de")
    assert project.build("text", language="de").read == []
    build = project.build("text", language="ja")
    assert {"digests/2015-12-04", "digests/2015-12", "digests/index"} <= set(build.read)
    assert build.text("digests/2015-12-04.txt").startswith("2015年11月28日～12月4日\n")
    build = project.build("text", language="en")
    assert build.text("digests/2015-12-04.txt").startswith("November 28 – December 4, 2015\n")


def test_pages_of_all_kinds_in_every_language(tmp_path: Path) -> None:
    project = copy_root("kinds", tmp_path / "src")
    for language in LANGUAGES:
        for builder in ("man", "texinfo", "epub"):
            build = project.build(
                builder, fail_on_warning=True, language=language, output=f"{builder}-{language}", doctrees=language
            )
            assert build.warnings == []
