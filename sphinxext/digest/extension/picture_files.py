"""Pictures of fragments as files of a build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util.i18n import get_image_filename_for_language
from sphinx.util.matching import Matcher

from sphinxext.digest.doctree.picture_files import ANY_TYPE, refusal_of_file

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


def refusal_of_picture(env: BuildEnvironment, uri: str) -> str:
    """Return the reason why a picture of a fragment may not be shown on the page that is read, or an empty string.

    :param uri: a path as pages have it, relative to the page, or to the documentation's folder after a slash.
    """
    is_excluded = Matcher(env.config.exclude_patterns)
    if reason := refusal_of_file(_path_of(env, uri), Path(env.srcdir), is_excluded):
        return reason
    translated = _path_of(env, get_image_filename_for_language(uri, env))
    if translated.suffix != ANY_TYPE and not translated.exists():
        return ""
    # where translated pictures are is the project's choice, and may be where no pages are
    return refusal_of_file(translated, Path(env.srcdir), lambda _path: False)


def _path_of(env: BuildEnvironment, uri: str) -> Path:
    return Path(env.relfn2path(uri, env.docname)[1])
