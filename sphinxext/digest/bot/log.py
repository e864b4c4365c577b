"""The log for the operator: one line to each event, in UTC, without secrets and what steers a terminal."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

LEVELS = ("debug", "info", "warning", "error")
#: The name of the loggers of all modules of the bot.
_NAME = "sphinxext.digest.bot"
#: How long a line may be: a success that could not be recorded is there with all its fields.
_MAX_LINE = 5000
#: A user and a password in a URL.
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]*@")


class OperatorFormatter(logging.Formatter):
    """``2026-11-20T22:17:46Z INFO joined #channel``: what others have said is quoted with escapes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(filter(None, secrets))

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; that of a failure that nobody expected is followed by its trace."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"{time} {record.levelname} {_one_line(record.getMessage())}"
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _CREDENTIALS.sub("***@", text)


def start_log(level: str, secrets: Iterable[str], stream: TextIO | None = None) -> logging.Handler:
    """Write what the bot has to say from a level on; the handler, for :func:`stop_log`.

    :param secrets: what is never written, wherever it may stand.
    :param stream: standard error without it.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OperatorFormatter(secrets))
    logger = logging.getLogger(_NAME)
    logger.setLevel(level.upper())
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Leave logging as it was before."""
    logger = logging.getLogger(_NAME)
    logger.removeHandler(handler)
    logger.propagate = True


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= _MAX_LINE else f"{text[:_MAX_LINE]} ..."
