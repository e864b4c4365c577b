"""Projects: where they are, and what they set. The problems of the settings are cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings import find_root
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project, load_project, make_project, settings_for_folder


def write_settings(root: Path, text: str) -> None:
    (root / "releasenotes").mkdir(exist_ok=True)
    (root / "releasenotes" / "digest.yaml").write_text(text)


def load(root: Path) -> Project:
    """The project, which must have no problems."""
    project, problems = load_project(root)
    assert problems == []
    return project


class TestRoot:
    """A project is found from any folder in it."""

    def test_by_its_release_notes(self, tmp_path: Path) -> None:
        (tmp_path / "releasenotes").mkdir()
        (tmp_path / "doc" / "source").mkdir(parents=True)
        assert find_root(tmp_path / "doc" / "source") == tmp_path

    def test_the_nearest(self, tmp_path: Path) -> None:
        (tmp_path / "releasenotes").mkdir()
        (tmp_path / "part" / "releasenotes").mkdir(parents=True)
        assert find_root(tmp_path / "part" / "releasenotes") == tmp_path / "part"

    def test_release_notes_before_a_repository(self, tmp_path: Path) -> None:
        (tmp_path / "releasenotes").mkdir()
        (tmp_path / "part" / ".git").mkdir(parents=True)
        assert find_root(tmp_path / "part") == tmp_path

    @pytest.mark.parametrize("worktree", [False, True])
    def test_by_its_repository(self, tmp_path: Path, worktree: bool) -> None:
        (tmp_path / "doc").mkdir()
        (tmp_path / ".git").touch() if worktree else (tmp_path / ".git").mkdir()
        assert find_root(tmp_path / "doc") == tmp_path

    def test_or_it_is_the_folder_itself(self, tmp_path: Path) -> None:
        assert find_root(tmp_path) == tmp_path

    def test_relative_to_the_working_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "releasenotes").mkdir()
        (tmp_path / "doc").mkdir()
        monkeypatch.chdir(tmp_path / "doc")
        assert find_root(Path()) == tmp_path


class TestSettings:
    """``releasenotes/digest.yaml``."""

    def test_nothing_is_set(self, tmp_path: Path) -> None:
        assert load(tmp_path) == Project(tmp_path, (Settings(),))

    def test_something_is_set(self, tmp_path: Path) -> None:
        write_settings(tmp_path, "title: '{year}'\nautomatic: off\nanchor: 2015-11-28\ngroups: [News]\n")
        main = load(tmp_path).main
        assert (main.title, main.automatic, str(main.anchor), main.groups) == (
            "{year}",
            False,
            "2015-11-28",
            ("News",),
        )

    def test_a_directory_in_place_of_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "releasenotes" / "digest.yaml").mkdir(parents=True)
        project, problems = load_project(tmp_path)
        assert project.main == Settings()
        assert [str(problem) for problem in problems] == [
            "releasenotes/digest.yaml: unreadable cannot be read: Is a directory"
        ]

    @pytest.mark.parametrize(
        "number", ["1", "-1", "1.5", "0x1F", "1e400", "9" * 5000, ".inf", "1:30", "0b1", "007", "1_000"]
    )
    def test_no_number_is_a_text(self, tmp_path: Path, number: str) -> None:
        write_settings(tmp_path, f"title: {number}\n")
        project, problems = load_project(tmp_path)
        assert [problem.message for problem in problems] == ["'title' must be a text"]
        assert project.main == Settings()

    @pytest.mark.parametrize("nothing", ["", "~", "null", "Null"])
    def test_nothing_is_not_a_text(self, tmp_path: Path, nothing: str) -> None:
        write_settings(tmp_path, f"success_closing: {nothing}\n")
        assert [problem.code for problem in load_project(tmp_path)[1]] == [Code.BAD_SETTING]


class TestCollections:
    """Further collections differ from the main one in what they set."""

    SETTINGS = """
title: Digest of {period}
period: monthly
collections:
  team/digests:
    fragments: team/news
    period: weekly
  other:
    fragments: other
    title: Other
"""

    def test_take_what_they_do_not_set_from_the_main_one(self, tmp_path: Path) -> None:
        write_settings(tmp_path, self.SETTINGS)
        shown = [
            (settings.pages, settings.fragments, settings.title, settings.period)
            for settings in load(tmp_path).collections
        ]
        assert shown == [
            ("digests", "releasenotes/digests", "Digest of {period}", "monthly"),
            ("team/digests", "team/news", "Digest of {period}", "weekly"),
            ("other", "other", "Other", "monthly"),
        ]

    def test_are_found_by_their_fragments(self, tmp_path: Path) -> None:
        write_settings(tmp_path, self.SETTINGS)
        project = load(tmp_path)
        assert project.for_fragments("team/news/") is project.collections[1]
        assert project.for_fragments("nowhere") is None

    @pytest.mark.parametrize(
        ("collections", "name"),
        [
            ("{digests: {fragments: other}}", "pages"),
            ("{digests/: {fragments: other}}", "pages"),
            ("{a: {fragments: b}, a/.: {fragments: c}}", "pages"),
            ("{a: {}}", "fragments"),
            ("{a: {fragments: releasenotes/./digests}}", "fragments"),
            ("{a: {fragments: b}, c: {fragments: b}}", "fragments"),
        ],
    )
    def test_share_neither_pages_nor_fragments(self, tmp_path: Path, collections: str, name: str) -> None:
        write_settings(tmp_path, f"collections: {collections}\n")
        project, problems = load_project(tmp_path)
        assert [str(problem) for problem in problems] == [
            f"releasenotes/digest.yaml:1:1: bad-setting two collections have the same '{name}'"
        ]
        assert project.collections == (Settings(),)

    @pytest.mark.parametrize("value", [["team"], "team", 3, None, {"team": None}, {"team": ["a"]}])
    def test_map_folders_to_options(self, tmp_path: Path, value: object) -> None:
        complaints: list[tuple[str, Code, str]] = []
        project = make_project(
            tmp_path, Settings(), {"collections": value}, lambda *complaint: complaints.append(complaint)
        )
        assert [(name, code) for name, code, _ in complaints] == [("collections", Code.BAD_SETTING)]
        assert project.collections == (Settings(),)


class TestFolder:
    """A folder of fragments that the user names."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Project:
        write_settings(tmp_path, "title: Main\ncollections:\n  team: {fragments: team/news, title: Team}\n")
        (tmp_path / "team" / "news").mkdir(parents=True)
        (tmp_path / "releasenotes" / "digests").mkdir()
        (tmp_path / "drafts").mkdir()
        return load(tmp_path)

    @pytest.mark.parametrize(
        ("folder", "title"),
        [
            ("team/news", "Team"),
            ("./team/news/", "Team"),
            ("team/../team/news", "Team"),
            ("releasenotes/digests", "Main"),
        ],
    )
    def test_of_a_collection(self, project: Project, folder: str, title: str) -> None:
        assert settings_for_folder(project, folder).title == title

    def test_of_a_collection_by_its_absolute_path(self, project: Project) -> None:
        assert settings_for_folder(project, str(project.root / "team" / "news")) is project.collections[1]

    def test_of_a_collection_by_a_link(self, project: Project) -> None:
        (project.root / "link").symlink_to("team/news")
        assert settings_for_folder(project, "link") is project.collections[1]

    def test_of_no_collection(self, project: Project) -> None:
        settings = settings_for_folder(project, "drafts/")
        assert (settings.fragments, settings.title) == ("drafts", "Main")

    def test_outside_the_project(self, project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
        outside = tmp_path_factory.mktemp("outside")
        assert settings_for_folder(project, str(outside)).fragments == str(outside)

    @pytest.mark.parametrize("folder", ["nowhere", "releasenotes/digest.yaml"])
    def test_that_is_not_there(self, project: Project, folder: str) -> None:
        with pytest.raises(DigestError) as caught:
            settings_for_folder(project, folder)
        assert str(caught.value) == f"{folder}: unreadable there is no such folder"
