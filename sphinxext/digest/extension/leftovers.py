"""Removing from the output what earlier builds made of generated pages, and of their pictures, that are gone.

Sphinx leaves the outputs of pages that are gone. A generated page has no source that a user could delete, so what was
made of it is ours to remove. A file is removed only if it still has the content that a build gave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.extension.cache import checksum_of_file, load_record, remove_output, save_record
from sphinxext.digest.extension.domain import DIGEST, DigestDomain, NotesIndex, build_state_of
from sphinxext.digest.extension.mail_builder import mailed_pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

_MEMORY = "digest-outputs.pickle"
_DOWNLOADS = "_downloads/"
#: By builder and folder of output the paths of files, seen from that folder, with the checksums of their contents.
_Record = dict[str, dict[str, bytes]]


def remove_leftovers(app: Sphinx, env: BuildEnvironment) -> None:
    """Remove files before anything is written: books and files of help contain what is in their folder."""
    if _is_as_before(env):
        return
    record = _read(app)
    before = record.pop(_key(app), {})
    gone = before.keys() - _made(app).keys()
    if gone:
        # several builders may write into one folder
        others = [files for key, files in record.items() if key.partition(" ")[2] == str(app.builder.outdir)]
        for path in sorted(gone - _used(app).union(*others)):
            remove_output(Path(app.builder.outdir), path, before[path])


def save_outputs(app: Sphinx, _exception: Exception | None) -> None:
    """Remember which files belong to generated pages, also where the build has failed after some of them."""
    if _is_as_before(app.env):
        return
    record, outdir = _read(app), Path(app.builder.outdir)
    before, now = record.get(_key(app), {}), {}
    for path, is_new in _made(app).items():
        checksum = checksum_of_file(outdir / path) if is_new else before.get(path)
        if checksum is not None:
            now[path] = checksum
    if now != before:
        record = {key: files for key, files in record.items() if Path(key.partition(" ")[2]).is_dir()}
        save_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version, {**record, _key(app): now})


def _is_as_before(env: BuildEnvironment) -> bool:
    """Return True if no page was read since all of them were written, so that all files are as remembered."""
    writes = build_state_of(env).writes
    if writes.expected is None:
        return True
    return writes.before is not None and writes.before.state == writes.expected.state and not writes.written


def _made(app: Sphinx) -> dict[str, bool]:
    """Return the paths that belong to generated pages, each with True if this build has written it."""
    builder, all_written = app.builder, build_state_of(app.env).writes.written
    pages = _generated(app)
    # this builder writes its pages without the event that tells of them
    written = pages if builder.name == "changes" else all_written
    found = {path: docname in written for docname in pages for path in _paths_of_page(builder, docname)}
    if builder.name == "gettext":
        # a catalogue may be that of several pages
        others = {path for docname in _pages(app) - pages for path in _paths_of_page(builder, docname)}
        found = {path: is_new for path, is_new in found.items() if path not in others}
    # the build may fail before it publishes those that are written with their pages
    found |= {f"{docname}.txt": docname in written for docname in mailed_pages(app)}
    copied = {path for name in getattr(builder, "images", {}).values() for path in _pictures(builder, name)}
    for path, docnames in _copies(builder).items():
        if docnames <= pages:
            found[path] = path in copied or path.startswith(_DOWNLOADS)
    return found | dict.fromkeys(_index(app), True)


def _index(app: Sphinx) -> Iterator[str]:
    """Yield the page of our index, which is made anew in each build that has anything for it."""
    name, wanted = f"{DIGEST}-{NotesIndex.name}", app.config.html_domain_indices
    if not isinstance(wanted, bool):
        wanted = name in wanted
    if wanted and app.builder.format == "html" and NotesIndex(DigestDomain.of(app.env)).has_entries:
        yield _path_of_page(app.builder, name)


def _used(app: Sphinx) -> set[str]:
    """Return all paths that belong to pages: one of the user's may have the name of a generated one now."""
    pages = {path for docname in _pages(app) for path in _paths_of_page(app.builder, docname)}
    return pages.union(_copies(app.builder))


def _copies(builder: Builder) -> dict[str, Set[str]]:
    """Return the paths of the pictures and other files that are copied for pages, with the names of these."""
    images = builder.env.images.values()
    found: dict[str, Set[str]] = {path: pages for pages, name in images for path in _pictures(builder, name)}
    if builder.format == "html":
        found |= {f"{_DOWNLOADS}{name}": pages for pages, name in builder.env.dlfiles.values()}
    return found


def _pictures(builder: Builder, name: str) -> list[str]:
    """Return the paths to which a builder copies a picture."""
    folders = [f"{builder.imagedir}/".lstrip("/")]
    if builder.name == "texinfo":
        folders = [f"{document[1].removesuffix('.texi')}-figures/" for document in builder.config.texinfo_documents]
    return [f"{folder}{name}" for folder in folders]


def _pages(app: Sphinx) -> Set[str]:
    """Return the documents that the builder writes files for."""
    env = app.env
    if app.builder.name != "digest-mail":
        return env.found_docs
    targets = DigestDomain.of(env).data["targets"]
    return {docname for docname in env.found_docs if any(one.type == DIGEST for one in targets.get(docname, ()))}


def _generated(app: Sphinx) -> Set[str]:
    """Return those that are ours: generated pages, and all that our own builder makes."""
    return _pages(app) & (app.env.found_docs if app.builder.name == "digest-mail" else _stubs(app.env))


def _stubs(env: BuildEnvironment) -> Set[str]:
    stubs: dict[str, str] = DigestDomain.of(env).data["stubs"]
    return stubs.keys()


def _paths_of_page(builder: Builder, docname: str) -> Iterator[str]:
    """Yield the files that a builder makes of a page. Builders that make one file of all pages make none of them."""
    if builder.name == "gettext":
        from sphinx.util.i18n import docname_to_domain

        yield f"{docname_to_domain(docname, builder.config.gettext_compact)}.pot"
    elif builder.name == "changes":
        yield f"rst/{docname}.html"
    elif builder.format == "html":
        yield _path_of_page(builder, docname)
        if docname in _stubs(builder.env) and builder.config.html_copy_source:
            yield f"_sources/{_source_name(builder, docname)}"
    elif suffix := getattr(builder, "out_suffix", ""):
        yield f"{docname}{suffix}"


def _path_of_page(builder: Builder, docname: str) -> str:
    # Sphinx has another name for it since version 8.2
    path_of = getattr(builder, "get_output_path", None) or builder.get_outfilename  # type: ignore[attr-defined]
    return Path(path_of(docname)).relative_to(builder.outdir).as_posix()


def _source_name(builder: Builder, docname: str) -> str:
    source, suffix = Path(builder.env.doc2path(docname, False)).as_posix(), builder.config.html_sourcelink_suffix
    return source if source == f"{docname}{suffix}" else f"{source}{suffix}"


def _key(app: Sphinx) -> str:
    return f"{app.builder.name} {app.builder.outdir}"


def _read(app: Sphinx) -> _Record:
    return load_record(Path(app.doctreedir, _MEMORY), DigestDomain.data_version) or {}


def setup(app: Sphinx) -> None:
    """Register what removes the outputs of pages that are gone."""
    app.connect("env-updated", remove_leftovers)
    # before anything fails, and after others have changed what was written
    app.connect("build-finished", save_outputs, priority=100)
    app.connect("build-finished", save_outputs, priority=900)
