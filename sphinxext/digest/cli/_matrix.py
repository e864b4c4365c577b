"""The access token of a Matrix homeserver: from the environment or netrc, never from the command line."""

from __future__ import annotations

from collections.abc import Mapping

from sphinxext.digest.mail.smtp import SmtpSettingsError, from_netrc
from sphinxext.digest.text import split_url

#: The variable that has the token.
TOKEN = "SPHINX_DIGEST_MATRIX_TOKEN"  # noqa: S105 - the name of a variable


def token_of(server: str, environ: Mapping[str, str]) -> str:
    """Return the token for a server, or else the password that netrc has for its host.

    :raises ValueError: if there is none, it is not one line of ASCII, or netrc cannot be read.
    """
    token = environ.get(TOKEN, "").strip()
    if not token:
        parts = split_url(server)
        try:
            _, token = from_netrc((parts.hostname if parts else None) or "", environ)
        except SmtpSettingsError as error:
            raise ValueError(str(error)) from None
    if not token:
        raise ValueError(f"{TOKEN} is not set: set it to the access token of a user who is in the rooms")
    if not token.isascii() or not token.isprintable():
        raise ValueError(f"{TOKEN} is not an access token: it has characters that none has")
    return token
