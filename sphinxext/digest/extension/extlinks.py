"""The link roles of a build: those of ``sphinx.ext.extlinks`` win over those of our settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sphinxext.digest.doctree.parse import guard_of
from sphinxext.digest.link_roles import LinkRole, LinkRoleError, read_link_roles

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.doctree.guard import Guard
    from sphinxext.digest.options import Settings


def guard_in_build(env: BuildEnvironment, settings: Settings, *, with_sphinx: bool = True) -> Guard:
    """Return what the settings of a collection allow, with the link roles that the build knows.

    :param with_sphinx: False for texts that are parsed without the roles of Sphinx and its extensions. They need those
        of ``extlinks`` as well.
    """
    host: object = getattr(env.config, "extlinks", None)
    host = host if isinstance(host, Mapping) else {}
    own = tuple(role for role in settings.link_roles if role.name not in {str(name).lower() for name in host})
    found: list[LinkRole] = []
    for name, value in host.items() if not with_sphinx else ():
        try:
            found += read_link_roles({name: value if value[1] else value[0]})
        except (LinkRoleError, LookupError, TypeError):
            continue  # a role that Sphinx may understand and we do not: its words are shown
    return replace(guard_of(settings), link_roles=(*own, *found))
