"""A project: its folder, its settings file, and its collections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yaml.nodes import MappingNode, Node

from sphinxext.digest.model import Place
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable
from sphinxext.digest.settings.options import COLLECTIONS, SETTINGS_FILE, Complain, Settings, with_changes
from sphinxext.digest.yaml import compose, decode, place_of, report_cut_values
from sphinxext.digest.yaml.reader import NodeReader


def read_settings_file(root: Path) -> tuple[dict[str, object], dict[str, Place], list[Problem]]:
    """Return the values of ``releasenotes/digest.yaml``, their places, and problems of the file itself."""
    problems: list[Problem] = []
    file = root / SETTINGS_FILE
    try:
        data = file.read_bytes()
    except OSError as error:
        return {}, {}, [unreadable(SETTINGS_FILE, error)]
    text = decode(data, SETTINGS_FILE, problems)
    node = compose(text, SETTINGS_FILE, problems, max_aliases=0) if text is not None else None
    if text is None or node is None:
        return {}, {}, problems
    report_cut_values(node, text, SETTINGS_FILE, problems)
    if not isinstance(node, MappingNode):
        problems.append(Problem(SETTINGS_FILE, 1, 1, Code.WRONG_TYPE, "the settings must be a mapping"))
        return {}, {}, problems
    values: dict[str, object] = {}
    places: dict[str, Place] = {}
    reader = NodeReader(SETTINGS_FILE, problems)
    for name, key, value in reader.pairs(node):
        before = len(problems)
        result = reader.plain_value(value)
        if len(problems) == before:
            values[name] = result
        places[name] = place_of(key)
        if name == COLLECTIONS:
            places |= _places_of_collections(value)
    return values, places, problems


def _places_of_collections(node: Node) -> dict[str, Place]:
    """Return the places of collections and of their options, by names such as ``collections.<pages>.<option>``."""
    places = {}
    for pages, changes in node.value if isinstance(node, MappingNode) else ():
        name = f"{COLLECTIONS}.{pages.value}"
        places[name] = place_of(pages)
        for option, _value in changes.value if isinstance(changes, MappingNode) else ():
            places[f"{name}.{option.value}"] = place_of(option)
    return places


@dataclass(frozen=True)
class Project:
    """A project with its collections, the main one first."""

    root: Path
    collections: tuple[Settings, ...]

    @property
    def main(self) -> Settings:
        """The settings of the project's own collection."""
        return self.collections[0]

    def for_fragments(self, folder: str) -> Settings | None:
        """Return the settings of the collection with this folder of fragments, if there is one."""
        folder = folder.strip("/")
        return next((settings for settings in self.collections if settings.fragments == folder), None)


def load_project(root: Path) -> tuple[Project, list[Problem]]:
    """Return the project as the command sees it, with the problems of its settings."""
    values: dict[str, object] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    if os.path.lexists(root / SETTINGS_FILE):
        # a build of a project without one has no use for a reader of YAML until it reads a page

        values, places, problems = read_settings_file(root)

    def complain(name: str, code: Code, message: str) -> None:
        place = places.get(name) or places.get(name.rpartition(".")[0]) or Place(1, 1)
        problems.append(Problem(SETTINGS_FILE, place.line, place.column, code, message))

    return make_project(root, Settings(), values, complain), problems


def make_project(root: Path, base: Settings, values: Mapping[str, object], complain: Complain) -> Project:
    """Make a project of values that replace those of ``base``.

    The value of ``collections`` maps the folder of further pages to the options in which that collection differs.
    """
    values = dict(values)
    others = values.pop(COLLECTIONS, {})
    main = with_changes(base, values, complain)
    collections = [main]
    if not isinstance(others, Mapping) or not all(isinstance(changes, Mapping) for changes in others.values()):
        complain(
            COLLECTIONS,
            Code.BAD_SETTING,
            f"'{COLLECTIONS}' must map the folder of the pages to the options of a collection",
        )
        others = {}
    for pages, changes in others.items():

        def complain_of_collection(name: str, code: Code, message: str, pages: str = pages) -> None:
            complain(f"{COLLECTIONS}.{pages}.{name}", code, f"{message} (in the collection '{pages}')")

        # whose notes the project's own digests have says nothing of others
        collections.append(with_changes(replace(main, joint=()), {**changes, "pages": pages}, complain_of_collection))
    for name in ("pages", "fragments"):
        seen = [getattr(settings, name) for settings in collections]
        if len(set(seen)) < len(seen):
            complain(COLLECTIONS, Code.BAD_SETTING, f"two collections have the same '{name}'")
            collections = [main]
    return Project(root, tuple(collections))


def settings_for_folder(project: Project, folder: str) -> Settings:
    """Return the settings for a folder of fragments that the user named; the main ones if no collection has it.

    :param folder: relative to the project or absolute.
    :raises DigestError: if the folder is not there, and no collection has it.
    """
    settings = folder_settings(project, folder)
    if not any(settings is known for known in project.collections) and not (project.root / folder).is_dir():
        raise DigestError(Problem(folder, 0, 0, Code.UNREADABLE, "there is no such folder"))
    return settings


def folder_settings(project: Project, folder: str) -> Settings:
    """Return the settings for a folder of fragments as in :func:`settings_for_folder`; it need not be there."""
    root = project.root.resolve()
    path = (root / folder).resolve()
    for settings in project.collections:
        if (root / settings.fragments).resolve() == path:
            return settings
    relative = path.relative_to(root) if path.is_relative_to(root) else path
    return replace(project.main, fragments=relative.as_posix(), joint=())
