"""What a page shows of other pages, as marks that change with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sphinxext.digest.extension.dependencies import Remembered
from sphinxext.digest.extension.domain import DIGEST, PAGE, PUBLISHED, DigestDomain, digests_around
from sphinxext.digest.extension.outputs import mark_of
from sphinxext.digest.extension.schedules import ScheduleDependency

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


#: A link as a page has it: its domain, its role and what it names.
Link = tuple[str, str, str]


class Marks:
    """The marks of all pages of a build, after all of them have been read.

    With ``navigation`` pages show their neighbours, and in a sidebar the part of the tree that they are in; ``common``
    is what all of them depend on.
    """

    def __init__(self, env: BuildEnvironment, common: tuple[object, ...], *, navigation: bool) -> None:
        self._env, self._common, self._navigation = env, common, navigation
        self._domain = DigestDomain.of(env)
        self._shown: dict[str, tuple[list[Link], bytes]] = self._domain.data["shown"]
        found: dict[str, list[Remembered]] = self._domain.data["dependencies"]
        self._schedules = [
            (one.dependency, cast(tuple[object, object], one.answer)[0])
            for docname in sorted(found)
            for one in found[docname]
            if isinstance(one.dependency, ScheduleDependency)
        ]
        self._titles = {docname: env.titles[docname].astext() for docname in env.titles}
        self._levels: dict[str, bytes] = {}
        self._branches: dict[tuple[str, ...], bytes] = {}
        self._parents: dict[str, list[str]] = {}
        for parent, children in sorted(env.toctree_includes.items()):
            for child in dict.fromkeys(children):
                self._parents.setdefault(child, []).append(parent)
        self._relations = env.collect_relations() if navigation else {}

    @property
    def tree(self) -> bytes:
        """A mark of all titles and toctrees."""
        if not self._navigation:
            return b""
        return mark_of([(name, title, self._toc(name)) for name, title in sorted(self._titles.items())])

    def of_page(self, docname: str) -> bytes:
        """A mark of all that a page shows, its own text included, which changes whenever it is read."""
        links = [self._target(link) for link in self._shown.get(docname, ((), b""))[0]]
        around: list[object] = []
        if self._navigation:
            around = [(name, self._titles.get(name or "")) for name in self._relations.get(docname, ())]
            around += [self._level(docname), self._branch(docname)]
            around += self._digests_around(docname)
        return mark_of(self._env.all_docs[docname], self._common, links, around)

    def _branch(self, docname: str) -> bytes:
        """Return a mark of the toctrees above a page. A page in no toctree shows the first level of the tree, too."""
        parents = tuple(self._parents.get(docname, ()))
        if parents not in self._branches:
            above, left = {self._env.config.root_doc}, list(parents)
            while left:
                name = left.pop()
                if name not in above:
                    left += self._parents.get(name, ())
                above.add(name)
            self._branches[parents] = mark_of([(name, self._level(name)) for name in sorted(above)])
        return self._branches[parents]

    def _level(self, docname: str) -> bytes:
        """Return a mark of what is in the toctrees of a page."""
        if docname not in self._levels:
            children = [self._titles.get(child) for child in self._env.toctree_includes.get(docname, ())]
            self._levels[docname] = mark_of(self._titles.get(docname), self._toc(docname), children)
        return self._levels[docname]

    def _digests_around(self, docname: str) -> list[object]:
        """The digests before and after those of a page."""
        targets = self._domain.data["targets"].get(docname, ())
        around = digests_around(self._domain) if targets else {}
        return [around.get(target.names[0]) for target in targets if target.type == DIGEST]

    def _toc(self, docname: str) -> bytes:
        return self._shown.get(docname, ((), b""))[1]

    def _target(self, link: Link) -> object:
        """What a link shows of its target, and where it leads; nothing for those of other domains."""
        domain, role, target = link
        if domain == DIGEST and role == PUBLISHED:
            # the calendars that there are depend on what all pages show
            return self._schedules
        if domain == DIGEST and role == PAGE:
            return target in self._env.found_docs
        if domain == DIGEST:
            return self._domain.find(DIGEST if role == "issue" else role, target)
        found: list[object] = []
        if role in ("doc", "any"):
            found.append(self._titles.get(target))
        if role in ("ref", "any"):
            labels = self._env.domaindata["std"]
            found += [labels["labels"].get(target.lower()), labels["anonlabels"].get(target.lower())]
        if role == "any":
            found += [self._domain.find(type_, target) for type_ in self._domain.object_types]
        return found
