"""Why no connection came about, where no code says so: whether waiting helps, or somebody has to change something.

PostgreSQL's client library passes on what a server says to whom it turns away without the SQLSTATE, in the language of
the server. English and German are understood; in any other language such a fault counts as one that may pass.
"""

from __future__ import annotations

import re
import ssl
from socket import EAI_NONAME, gaierror
from typing import Final

_TURNED_AWAY: Final = re.compile(
    "|".join(
        (
            r"authentication failed for|authentifizierung für .* fehlgeschlagen",
            r"no password supplied",
            r"(?:role|database|certificate file) .* does not exist|(?:Rolle|Datenbank) .* existiert nicht",
            r"not permitted to log in|keine Berechtigung zum Einloggen",
            r"permission denied for database|keine Berechtigung für Datenbank",
            r"not currently accepting connections|akzeptiert gegenwärtig keine Verbindungen",
            r"pg_hba\.conf",
            r"unrecognized configuration parameter|unbekannter Konfigurationsparameter",
            r"SSL was required|certificate verify failed|does not match host name|channel binding",
            # What listens there is no PostgreSQL.
            r"invalid response to SSL negotiation|expected authentication request",
            r"connection is bad: invalid ",
            rf"\[Errno {EAI_NONAME}\]",
        )
    ),
    re.IGNORECASE,
)

_MARIADB_CODES: Final = frozenset(
    {
        1129,  # this machine has been shut out
        1130,  # this machine is not let in
        1251,  # the driver cannot authenticate in the way that the server wants
        1275,  # the same
        1820,  # the password has expired
        1862,  # the same
        2026,  # TLS
        2059,  # a way to authenticate that the driver does not know
        2061,  # it failed
        4151,  # the account is locked
    }
)


def is_permanent(said: BaseException) -> bool:
    """Whether no later try can succeed before somebody changes the address, the server or the machine.

    Args:
        said: What the driver or the system raised when a connection was to be opened.
    """
    cause = getattr(said, "original_exception", said)  # PyMySQL keeps what the system raised
    if isinstance(cause, OSError):
        return _is_system_permanent(cause)
    if isinstance(said, UnicodeError):
        return True  # no host can have such a name
    if said.args[:1] and said.args[0] in _MARIADB_CODES:
        return True
    if getattr(getattr(said, "pgconn", None), "needs_password", False):
        return True
    return _TURNED_AWAY.search(str(said)) is not None


def _is_system_permanent(error: OSError) -> bool:
    """A name that nobody has, a certificate that nobody vouches for, a file that is none of ours.

    A refused connection, a time-out, a socket that is not there and a resolver that does not answer may pass.
    """
    if isinstance(error, gaierror):
        return error.errno == EAI_NONAME
    return isinstance(error, ssl.SSLCertVerificationError | PermissionError | NotADirectoryError)
