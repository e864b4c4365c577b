"""The roles that fragments may use, told by what runs them.

The name of a role does not tell what it is: languages have names of their own, pages make roles of others, and
extensions replace roles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The functions and classes that run the harmless roles: they make markup, words, links, and entries of the index,
#: which are removed later.
_HARMLESS: dict[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "docutils.parsers.rst.roles": "GenericRole code_role generic_custom_role math_role pep_reference_role "
        "rfc_reference_role unimplemented_role",
        "sphinx.roles": "Abbreviation AnyXRefRole CVE CWE EmphasizedLiteral GUILabel Keyboard Manpage MenuSelection "
        "PEP RFC XRefRole code_role",
        "sphinx.domains.c": "CExprRole CXRefRole",
        "sphinx.domains.cpp": "CPPExprRole CPPXRefRole",
        "sphinx.domains.index": "IndexRole",
        "sphinx.domains.javascript": "JSXRefRole",
        "sphinx.domains.math": "MathReferenceRole",
        "sphinx.domains.python": "PyXRefRole _PyDecoXRefRole",
        "sphinx.domains.std": "EnvVarXRefRole OptionXRefRole TokenXRefRole",
        # the project itself says where these lead
        "sphinxext.digest.doctree.guard": "_unknown_role",
        "sphinx.ext.extlinks": "make_link_role.<locals>.role",
    }.items()
}
#: The domains whose roles are run by these; how others resolve a reference is not known.
_HARMLESS_DOMAINS = frozenset({"c", "citation", "cpp", "digest", "index", "js", "math", "py", "rst", "std"})

_NODES = ("docutils.nodes", "sphinx.addnodes")

#: Runs a role of a domain for another project.
_EXTERNAL_ROLE = ("sphinx.ext.intersphinx._resolve", "IntersphinxRole")
_EXTERNAL = re.compile(r"external(?:\+[^:]*)?:")


@dataclass(frozen=True)
class FoundRole:
    """A role, with the function or object that runs it.

    :ivar domain: the domain of Sphinx that it belongs to, if any.
    """

    function: Any
    domain: str | None = None

    @classmethod
    def of(cls, found: Any, domains: Mapping[str, Any]) -> FoundRole:
        """Look behind roles that pages make of other roles, and behind the functions that domains hand out."""
        while (base := getattr(found, "base_role", None)) is not None:
            found = base
        for domain in domains.values():
            for name, function in domain.roles.items():
                if domain.role(name) is found:
                    return cls(function, domain.name)
        return cls(found)

    @property
    def runner(self) -> tuple[str, str]:
        """Return the module and the name of the function, or of the class of the object."""
        runner = self.function if hasattr(self.function, "__qualname__") else type(self.function)
        return runner.__module__, runner.__qualname__

    @property
    def node(self) -> str:
        """Return the name of the node class of a role for cross-references; empty for other roles."""
        return getattr(getattr(self.function, "nodeclass", None), "__name__", "")

    @property
    def is_harmless(self) -> bool:
        """Return True if the role is on the list, and belongs to a domain that is."""
        module, runner = self.runner
        return (
            runner in _HARMLESS.get(module, ())
            and self.node in ("", "pending_xref")
            # a generic role may be one with nodes of an extension
            and getattr(getattr(self.function, "node_class", None), "__module__", _NODES[0]) in _NODES
            and self.domain in (None, *_HARMLESS_DOMAINS)
        )

    @property
    def is_external(self) -> bool:
        """Return True for the role of intersphinx that runs another one."""
        return self.runner == _EXTERNAL_ROLE

    @property
    def parses_code(self) -> bool:
        """Return True if the text is parsed as C or C++ when it is read, or when the link is resolved."""
        module, runner = self.runner
        return runner == "AnyXRefRole" or module in ("sphinx.domains.c", "sphinx.domains.cpp")


def name_in_project(name: str) -> str:
    """Return the name of a role without what says that it leads to another project."""
    return _EXTERNAL.sub("", name, count=1)
