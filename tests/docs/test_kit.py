"""What projects take from here to adopt digests: the example project, hooks, the action, jobs, and snippets."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
import yaml

from sphinxext.digest import __version__
from sphinxext.digest.fragments.schema import fragment_schema

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "project"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@harbour.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@harbour.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
#: Programs of this environment come first.
PATH = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
WRONG = "---\nsuccesses:\n  - nick: ada\n    txt: The build is green!\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the example project on its branch 'main'."""
    project = tmp_path / "harbour"
    shutil.copytree(EXAMPLE, project)
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "Begin")
    return project


def git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=project, env=os.environ | IDENTITY, check=True)


def commit(project: Path, message: str) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", message)


def write_wrong_fragment(project: Path) -> None:
    (project / "releasenotes/digests/wrong-00000000000000aa.yaml").write_text(WRONG, encoding="utf-8")


def shell(script: str, folder: Path, environment: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    """Run a script as the shells of CI do."""
    script = script.replace("sphinx-build ", f"{shlex.quote(sys.executable)} -m sphinx ")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    environ = {**os.environ, **IDENTITY, "PATH": PATH, **environment}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def load(path: Path) -> dict[str, object]:
    return cast(dict[str, object], yaml.safe_load(path.read_text(encoding="utf-8")))


def jobs_of_gitlab() -> dict[str, str]:
    """Return the scripts of the example's jobs on GitLab, without what installs packages."""
    return {
        name: "\n".join(line for line in job["script"] if not line.startswith("pip install"))
        for name, job in load(EXAMPLE / ".gitlab-ci.yml").items()
        if isinstance(job, dict) and "script" in job
    }


def steps_of_github(workflow: str, job: str) -> str:
    steps = cast(dict[str, dict[str, list[dict[str, str]]]], load(EXAMPLE / ".github/workflows" / workflow)["jobs"])
    lines = (step.get("run", "") for step in steps[job]["steps"])
    return "\n".join(line for line in lines if not line.startswith("pip install"))


class TestExample:
    @pytest.mark.parametrize(
        ("script", "page"),
        [
            (jobs_of_gitlab()["pages"], "public/digests/2026-11-29.html"),
            (steps_of_github("pages.yaml", "pages"), "build/html/digests/2026-11-29.html"),
        ],
        ids=["gitlab", "github"],
    )
    def test_pages_are_built_without_warnings(self, project: Path, script: str, page: str) -> None:
        pytest.importorskip("furo")
        pytest.importorskip("myst_parser")

        result = shell(script, project)

        assert result.returncode == 0, result.stderr
        assert "The first ship found its berth" in (project / page).read_text(encoding="utf-8")

    def test_github_checks_a_pull_request(self, project: Path) -> None:
        script = steps_of_github("check.yaml", "check")
        assert shell(script, project).returncode == 0

        git(project, "checkout", "--quiet", "-b", "change")
        write_wrong_fragment(project)
        commit(project, "Tell it")
        result = shell(script, project)

        assert result.returncode == 1
        assert "::error file=releasenotes/digests/wrong-00000000000000aa.yaml,line=4,col=5" in result.stdout

    def test_gitlab_asks_for_a_release_note(self, project: Path) -> None:
        git(project, "checkout", "--quiet", "-b", "change")
        (project / "harbour.py").write_text("berths = []\n", encoding="utf-8")
        commit(project, "Add berths")
        base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}

        result = shell(jobs_of_gitlab()["check"], project, base)
        assert (result.returncode, "no-release-note" in result.stdout) == (1, True), result.stdout

        assert shell("sphinx-digest release-notes new berths --section features --text 'There are berths.'", project)
        commit(project, "Add a note")
        assert shell(jobs_of_gitlab()["check"], project, base).returncode == 0

    def test_read_the_docs_uses_its_files(self) -> None:
        for folder in (EXAMPLE, ROOT):
            settings = cast(dict[str, dict[str, str]], load(folder / ".readthedocs.yaml"))
            assert (folder / settings["sphinx"]["configuration"]).is_file()

    def test_schema_is_up_to_date(self) -> None:
        """``sphinx-digest schema > examples/project/releasenotes/digest.schema.json`` makes it so."""
        schema = json.loads((EXAMPLE / "releasenotes/digest.schema.json").read_text(encoding="utf-8"))
        assert schema == fragment_schema()

    def test_snippets_are_fragments(self, project: Path) -> None:
        snippets = json.loads((EXAMPLE / ".vscode/sphinx-digest.code-snippets").read_text(encoding="utf-8"))
        assert snippets
        for number, snippet in enumerate(snippets.values()):
            text = re.sub(r"\$\{\d+\|([^,|]+)[^}]*\}", r"\1", "\n".join(snippet["body"]))
            text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text)
            text = text.replace("$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE", "2026-11-24")
            text = re.sub(r"https://$", "https://harbour.example.org", text, flags=re.MULTILINE)
            if "date:" not in text:
                text = f"---\ndate: 2026-11-24\n{text}"
            path = project / f"releasenotes/digests/snippet-{number:016x}.yaml"
            path.write_text(f"{text}\n", encoding="utf-8")

        result = shell("sphinx-digest lint", project)

        assert (result.returncode, result.stdout) == (0, ""), result.stdout


class TestAction:
    @pytest.fixture
    def run(self, tmp_path: Path) -> dict[str, str]:
        """The script of each step, where the installation leads to the command of this environment."""
        command = tmp_path / "runner/sphinx-digest/bin/sphinx-digest"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nPATH="{PATH}" exec sphinx-digest "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        action = cast(dict[str, dict[str, list[dict[str, str]]]], load(ROOT / "action.yml"))
        return {step["name"]: step["run"] for step in action["runs"]["steps"] if "run" in step}

    def environment(self, tmp_path: Path, arguments: str = "") -> dict[str, str]:
        return {"RUNNER_TEMP": str(tmp_path / "runner"), "ARGUMENTS": arguments}

    @pytest.mark.parametrize("arguments", ["", "releasenotes/digests"])
    def test_wrong_fragment(self, project: Path, tmp_path: Path, run: dict[str, str], arguments: str) -> None:
        script = run["Check fragments and release notes"]
        assert shell(script, project, self.environment(tmp_path, arguments)).returncode == 0

        write_wrong_fragment(project)
        result = shell(script, project, self.environment(tmp_path, arguments))

        assert result.returncode == 1
        assert "::error file=releasenotes/digests/wrong-00000000000000aa.yaml,line=4,col=5" in result.stdout

    def test_input_is_no_script(self, project: Path, tmp_path: Path, run: dict[str, str]) -> None:
        script = run["Check fragments and release notes"]
        result = shell(script, project, self.environment(tmp_path, "$(touch made) ; touch made #"))

        assert result.returncode == 1
        assert "cannot be read" in result.stdout
        assert not (project / "made").exists()

    def test_missing_note(self, project: Path, tmp_path: Path, run: dict[str, str]) -> None:
        (project / "harbour.py").write_text("berths = []\n", encoding="utf-8")
        commit(project, "Add berths")

        result = shell(run["Ask for a release note"], project, self.environment(tmp_path))

        assert result.returncode == 1
        assert result.stdout.startswith("::error")

    def test_no_expression_in_a_script(self, run: dict[str, str]) -> None:
        assert not [script for script in run.values() if "${{" in script]


def hooks() -> list[dict[str, str]]:
    return cast(list[dict[str, str]], yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")))


class TestHooks:
    @pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
    def test_its_command_is_there(self, hook: dict[str, str], project: Path) -> None:
        entry = hook["entry"].replace("origin/HEAD", "main")
        assert shell(entry, project).returncode == 0

    @pytest.mark.slow
    def test_pre_commit_runs_it(self, project: Path, tmp_path: Path) -> None:
        """Needs a network: pre-commit installs the package as it is in the last commit."""
        pytest.importorskip("pre_commit")
        if not (ROOT / ".git").exists():
            pytest.skip("a source distribution is no repository")
        write_wrong_fragment(project)
        git(project, "add", "--all")
        cache = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PATH": PATH}
        result = shell(f"pre-commit try-repo {ROOT} sphinx-digest-lint --all-files", project, cache)

        if result.returncode == 3 and not os.environ.get("CI"):
            pytest.skip("pre-commit cannot install the package, perhaps without a network")
        assert result.returncode == 1, result.stdout + result.stderr
        assert "wrong-00000000000000aa.yaml:4:5: unknown-key" in result.stdout


def test_jobs_of_zuul() -> None:
    jobs = [entry["job"] for entry in yaml.safe_load((ROOT / "zuul.d/jobs.yaml").read_text(encoding="utf-8"))]

    for job in jobs:
        assert (ROOT / job["run"]).is_file()
        assert shell(f"sphinx-digest {' '.join(job['vars']['sphinx_digest_arguments'])} --help", ROOT).returncode == 0


def test_citation() -> None:
    citation = load(ROOT / "CITATION.cff")

    assert citation["title"] == "sphinxext-digest"
    assert citation.get("version", __version__) == __version__
