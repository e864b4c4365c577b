"""Bytes of a file to text.

The bytes of chats to text.
"""

from __future__ import annotations

import codecs
import re

from sphinxext.digest.problems import Code, DigestError, Problem

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


_HALVES = re.compile("[\ud800-\udfff]")


def decode_line(data: bytes) -> str:
    """Return a line of a log. It is UTF-8, perhaps cut within a character, or else taken for Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    if any(character > "\x7f" and not "\ud800" <= character <= "\udfff" for character in text):
        return _HALVES.sub("\ufffd", text)
    return as_windows(data)
