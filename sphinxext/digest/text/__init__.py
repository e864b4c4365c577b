"""Text from outside: decode its bytes, strip what readers do not see, and parse its URLs.

Nothing here raises for malformed text, but :func:`decode`, which refuses what is not text at all.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import SplitResult, urljoin, urlsplit

from sphinxext.digest.problems import Code, DigestError, Problem

#: What a terminal takes for commands (ECMA-48): CSI sequences such as colours, strings such as titles up to their
#: ends, sets of characters, and what has two characters.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])"
)
#: mIRC's codes: colours by number and by value. Those without an argument are controls like others.
_COLOURS = re.compile(r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
#: Controls; what changes the direction of text (UAX #9), or is not seen at all; what is no character. Joiners stay,
#: which scripts and emoji are written with.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
#: More digits are no number that somebody counts with.
_DIGITS = re.compile(r"([0-9]{1,18})")
_HALVES = re.compile("[\ud800-\udfff]")


def visible_text(text: str) -> str:
    """Return the text that a reader saw, on one line, with single spaces between words.

    Codes of mIRC (colours, bold) and of terminals, controls, and characters that cannot be seen or change the
    direction of text are left out.
    """
    return " ".join(without_codes(text).split())


def without_codes(text: str) -> str:
    """Return a text without what :func:`visible_text` leaves out; white space stays, and line ends become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _BREAKS.sub(" ", _COLOURS.sub("", _TERMINAL.sub("", text)))
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", text))


def visible_lines(text: str) -> str:
    """Return a text of several lines, without what :func:`visible_text` leaves out of one; tabs become spaces."""
    return "\n".join(without_codes(line) for line in text.replace("\r\n", "\n").expandtabs(8).split("\n"))


#: More than any export has; what is larger is something else.
MAX_BYTES = 256 * 1024 * 1024
_CHECKED = 64 * 1024
#: Encodings of texts. Python knows others that take hours for a megabyte, such as punycode.
_ENCODING = re.compile(
    r"(?:us-?)?ascii|utf[-_]?(?:8|16|32)(?:[-_]?[lb]e)?|(?:iso[-_]?)?8859[-_]\d{1,2}|iso[-_]ir[-_]\d{1,3}|latin[-_]?\d{1,2}"
    r"|(?:windows|cp|ibm|ms)[-_]?\d{3,4}|koi8[-_][rut]|mac[-_]?\w{0,10}|tis[-_]?620|viscii|hz|hz[-_]gb[-_]2312"
    r"|gbk?|gb[-_]?2312(?:[-_]?80)?|gb[-_]?18030|big5(?:[-_]?hkscs)?|(?:shift|s)[-_]?jis(?:[-_]?\d{4})?|euc[-_]?(?:jp|kr|cn|tw)"
    r"|iso[-_]2022[-_](?:jp(?:[-_]\d)?|kr)|iso[-_]8859[-_]\d{1,2}[-_][ei]|ks[-_]c[-_]5601[-_]1987|johab",
    re.IGNORECASE,
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS_OF_WINDOWS = "sphinxext.digest.controls"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"


def decode(data: bytes, path: str, problems: list[Problem]) -> str:
    """Return the text of a file with line feeds at the ends of its lines.

    It is UTF-8, UTF-16 with a byte order mark, or else taken for Windows-1252, which is reported.

    :raises DigestError: if it is no text, or there is nothing in it.
    """
    check_text(data, path)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            break
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            message = f"the byte 0x{data[error.start]:02x} is not UTF-8: the file is read as Windows-1252"
            problems.append(Problem(path, line, column, Code.ENCODING, message))
            text = as_windows(data)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded_as(data: bytes, encoding: str, errors: str = "strict") -> str | None:
    """Decode text by the name of an encoding; return None if it is unknown or, if strict, the bytes are not in it."""
    if len(encoding) > 40 or not _ENCODING.fullmatch(encoding):
        return None
    try:
        return data.decode(encoding, errors)
    except (LookupError, UnicodeError):
        return None


def as_windows(data: bytes) -> str:
    """Bytes as Windows-1252, where the five that it does not have are taken for controls, as browsers do."""
    return data.decode("cp1252", _CONTROLS_OF_WINDOWS)


def check_text(data: bytes, path: str) -> None:
    """Refuse what is certainly no text.

    :raises DigestError: if it is binary, compressed, too large or empty.
    """
    message = None
    marked = any(data.startswith(mark) for mark, _ in _MARKS)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise DigestError(Problem(path, 0, 0, Code.EMPTY, "there is nothing in the file"))
    if len(data) > MAX_BYTES:
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, f"the file is larger than {MAX_BYTES:,} bytes"))
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")):
        message = "the file is compressed: unpack it first"
    elif not marked and (b"\x00" in data[:_CHECKED] or _is_mostly_controls(data[:_CHECKED])):
        message = "this is a binary file, not a text"
    if message:
        raise DigestError(Problem(path, 0, 0, Code.NOT_A_DIGEST, message))


def _is_mostly_controls(data: bytes) -> bool:
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) // 20


def _as_control(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error(_CONTROLS_OF_WINDOWS, _as_control)


def decode_line(data: bytes) -> str:
    """Return a line of a log. It is UTF-8, perhaps cut within a character, or else taken for Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    if any(character > "\x7f" and not "\ud800" <= character <= "\udfff" for character in text):
        return _HALVES.sub("\ufffd", text)
    return as_windows(data)


def natural_key(text: str) -> list[str | int]:
    """Return the key by which ``R-2`` comes before ``R-10``, in any case: every second part is a number."""
    return [int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(text.casefold()))]


def split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None for one that cannot be parsed."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def join_url(base: str, url: str) -> str | None:
    """Return a URL that is relative to another as an absolute one, or None if one of them cannot be parsed."""
    try:
        return urljoin(base, url)
    except ValueError:
        return None


#: What a URL is made of, and the sign of an escape (RFC 3986, 2).
URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


def absolute_url(page: str, target: str) -> str:
    """Return the absolute target of a link. A malformed one, such as ``http://[x``, is returned as it is."""
    joined = join_url(page, target)
    return target if joined is None else joined


def scheme_of(address: str) -> str:
    """Return the scheme of an address in small letters, or nothing for what has none or cannot be taken apart."""
    parts = split_url(address)
    return parts.scheme.lower() if parts else ""
