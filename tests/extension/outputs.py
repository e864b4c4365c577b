"""Reading what builders made: the words of all of it, the pages of HTML."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from lxml import etree, html
from sphinx.util.inventory import InventoryFile

_WORD = re.compile(r"[^\W\d_]+")
_TEX = re.compile(
    r"(?<!\\)%.*|\\(?:label|hypertarget|index|phantomsection|begin|end|PYG|DUrole|sphinxhref|href)\*?(?:\{[^{}]*\})?"
    r"|\[\\detokenize\{[^{}]*\}\]|\\label\{\\detokenize\{[^{}]*\}\}|\\sphinxhyphen\{\}|\\[a-zA-Z]+\*?"
)


def words_of(text: str) -> list[str]:
    """The words of a text: letters without anything else."""
    return _WORD.findall(text)


def contains(text: list[str], words: list[str]) -> bool:
    """Whether words stand together in a text, in their order; links and footnotes may come between them."""
    reach = 3 * len(words) + 40
    for start, word in enumerate(text):
        if word == words[0]:
            rest = iter(text[start : start + reach])
            if all(word in rest for word in words):
                return True
    return False


def needed_program(name: str) -> str:
    """The path of a program; without it the test is skipped, or fails where everything has to be tested."""
    path = shutil.which(name)
    if path is None:
        _lack(name)
    return path


def _lack(name: str) -> NoReturn:
    message = f"{name} is not installed (see bindep.txt)"
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def printed(*command: str | Path) -> str:
    """What a program prints; it must not complain."""
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


def parse_page(file: Path) -> html.HtmlElement:
    """A page of HTML."""
    return html.document_fromstring(file.read_bytes())


def inventory(outdir: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """What other projects can refer to: by type and name their place and title."""
    with (outdir / "objects.inv").open("rb") as file:
        loaded = InventoryFile.load(file, "", lambda _base, path: path)
    return {
        type_: {
            name: (item.uri, item.display_name) if hasattr(item, "uri") else (item[2], item[3])
            for name, item in items.items()
        }
        for type_, items in (loaded if isinstance(loaded, dict) else loaded.data).items()
    }


def pages(outdir: Path, pattern: str = "*.html") -> dict[str, html.HtmlElement]:
    """All pages of HTML by their names."""
    return {file.relative_to(outdir).as_posix(): parse_page(file) for file in sorted(outdir.rglob(pattern))}


def _html_words(outdir: Path) -> str:
    return " ".join(_text_of(page.body) for page in pages(outdir).values())


def _epub_words(outdir: Path) -> str:
    (file,) = outdir.glob("*.epub")
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xhtml")]
        return " ".join(_text_of(etree.fromstring(archive.read(name))) for name in sorted(names))


def _text_of(element: etree._Element) -> str:
    return " ".join(text for text in element.itertext() if not text.isspace())


def _files_of(pattern: str, read: Callable[[Path], str] = Path.read_text) -> Callable[[Path], str]:
    def read_all(outdir: Path) -> str:
        files = sorted(outdir.rglob(pattern))
        assert files, f"no {pattern} in {outdir}"
        return "\n".join(map(read, files))

    return read_all


def _xml_words(file: Path) -> str:
    return _text_of(etree.parse(file).getroot())


def _pseudoxml_words(file: Path) -> str:
    return re.sub(r"^\s*<.*>$", "", file.read_text(), flags=re.MULTILINE)


def _json_words(file: Path) -> str:
    page = json.loads(file.read_text())
    return _text_of(html.fromstring(f"<div>{page.get('body', '')}</div>"))


def _tex_words(file: Path) -> str:
    return _TEX.sub(" ", file.read_text())


def _man_words(file: Path) -> str:
    return printed(needed_program("groff"), "-k", "-Tutf8", "-man", "-rHY=0", "-rLL=500n", "-P-cbou", file)


def _texinfo_words(file: Path) -> str:
    return printed(needed_program("makeinfo"), "--plaintext", "--no-split", file)


def _messages(file: Path) -> str:
    lines = re.findall(r'^(?:msgid )?"(.*)"$', file.read_text(), re.MULTILINE)
    return "\n".join(lines)


#: Of the packages that Sphinx's documents use, those that are easily not installed.
_STYLES = ("capt-of.sty", "fncychap.sty", "needspace.sty", "tabulary.sty", "tgtermes.sty", "wrapfig.sty")


def make_pdf(outdir: Path) -> None:
    """Make PDF of what the builder "latex" wrote, by the files that Sphinx puts beside it."""
    programs = [needed_program(name) for name in ("make", "latexmk", "pdflatex", "kpsewhich")]
    for style in _STYLES:
        if subprocess.run([programs[-1], style], check=False, capture_output=True).returncode:
            _lack(style)
    command = [programs[0], "LATEXMKOPTS=-halt-on-error -interaction=nonstopmode", "all-pdf"]
    # so long are lines in TeX's log
    env = {**os.environ, "max_print_line": "1000"}
    done = subprocess.run(command, cwd=outdir, env=env, check=False, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout


def pdf_words(file: Path) -> str:
    """The words of a document in PDF, with those together that were parted at ends of lines."""
    text = printed(needed_program("pdftotext"), "-layout", file, "-")
    return re.sub(r"-\n\s*", "", text)


def info_words(file: Path, target: Path) -> str:
    """The words of a Texinfo document as readers in a terminal get them."""
    printed(needed_program("makeinfo"), "--no-split", file, "-o", target)
    return target.read_text()


def complaints_of_epubcheck(book: Path) -> list[str]:
    """What the checker of the W3C says of a book."""
    program = Path(needed_program("epubcheck"))
    # a Java archive, which not every machine can run by itself
    command = [needed_program("java"), "-jar", program] if program.read_bytes()[:2] == b"PK" else [program]
    done = subprocess.run([*map(str, command), str(book)], check=False, capture_output=True, text=True)
    lines = [
        line for line in (done.stdout + done.stderr).splitlines() if re.match(r"(FATAL|ERROR|WARNING|USAGE)", line)
    ]
    assert (done.returncode == 0) == (lines == []), done.stdout + done.stderr
    return lines


#: For each builder a function from its folder to the text that it made.
READERS: dict[str, Callable[[Path], str]] = {
    "html": _html_words,
    "dirhtml": _html_words,
    "singlehtml": _html_words,
    "text": _files_of("*.txt"),
    "digest-mail": _files_of("*.txt"),
    "latex": _files_of("*.tex", _tex_words),
    "man": _files_of("*.7", _man_words),
    "texinfo": _files_of("*.texi", _texinfo_words),
    "epub": _epub_words,
    "xml": _files_of("*.xml", _xml_words),
    "pseudoxml": _files_of("*.pseudoxml", _pseudoxml_words),
    "gettext": _files_of("*.pot", _messages),
}

#: The same for those that nobody but readers of one program uses.
HELP_READERS: dict[str, Callable[[Path], str]] = {
    **dict.fromkeys(("applehelp", "devhelp", "htmlhelp", "qthelp"), _html_words),
    "json": _files_of("*.fjson", _json_words),
}


def broken_links(outdir: Path, pattern: str = "*.html") -> Iterator[str]:
    """The links within pages of HTML that lead to no file or to no place in it, and identifiers that occur twice."""
    found = pages(outdir, pattern)
    identifiers = {name: page.xpath("//@id") for name, page in found.items()}
    for name, page in found.items():
        yield from (
            f"{name}: #{twice} twice" for twice in {i for i in identifiers[name] if identifiers[name].count(i) > 1}
        )
        for attribute in ("href", "src"):
            for url in page.xpath(f"//@{attribute}"):
                parts = urlsplit(url)
                if parts.scheme or parts.netloc:
                    continue
                path, fragment = urldefrag(unquote(url))
                path = path.partition("?")[0]
                target = (outdir / name).parent / path if path else outdir / name
                target = target / "index.html" if target.is_dir() else target
                target = Path(os.path.normpath(target))
                if not target.is_file():
                    yield f"{name}: {url} leads to no file"
                elif fragment and fragment not in identifiers[target.relative_to(outdir).as_posix()]:
                    yield f"{name}: {url} leads to no place"
