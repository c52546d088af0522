"""Checks options that every adapter of this kind has, so that a wrong one shows at the start and not with the first call."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import taken, text_of

_MOST: Final = 10**9
"""Seconds or octets."""

_MOST_ITEMS: Final = 1000


# Converters with types of their own: type checkers see no argument type in `tuple` and `frozenset`. What they cannot
# read they leave as it is; the check of all options names it.


def without_slash(url: str) -> str:
    """An address without slashes at its end."""
    text = text_of(url)
    return url if text is None else text.rstrip("/")


def texts_of(values: Iterable[str]) -> Any:
    """Plain texts in their order."""
    return items_of(values, tuple)


def path_of(path: str | PurePath) -> Any:
    """The path of a file as a text."""
    text = text_of(str(path) if issubclass(type(path), PurePath) else path)
    return path if text is None else text


def items_of(values: Any, made: Callable[[Any], Any], kind: type | None = None) -> Any:
    """Texts, or members of a kind, as what `made` makes of them."""
    items = taken(values, _MOST_ITEMS + 1)
    if items is None or len(items) > _MOST_ITEMS:
        return values
    plain = [item if kind is not None and type(item) is kind else text_of(item) for item in items]
    return values if None in plain else made(plain)


def check_base_url(url: str, name: str = "base_url") -> list[Fault]:
    """An address without credentials; unencrypted only if nothing leaves the machine.

    Args:
        name: The option.
    """
    # Line ends and tabs are none of an address for `urlsplit`, which leaves them out without a word.
    if not (url.isascii() and url.isprintable()) or " " in url:
        return [Fault(name, "bad_format", "must be printable ASCII without blanks")]
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return [Fault(name, "bad_format", "is not a URL")]
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return [Fault(name, "bad_format", "must be https://host[:port][/path]")]
    if parts.username is not None or parts.query or parts.fragment:
        return [Fault(name, "bad_format", "must have no credentials, query and fragment")]
    if parts.scheme == "http" and not _is_loopback(parts):
        return [Fault(name, "insecure", "must be https, except on a loopback address")]
    return []


def check_numbers(**options: float) -> list[Fault]:
    """Times and sizes are finite and greater than zero."""
    return [
        Fault(name, "out_of_range", f"must be greater than zero and less than {_MOST:,}")
        for name, value in options.items()
        if not 0 < value < _MOST
    ]


def check_ca_file(path: str) -> list[Fault]:
    """A file with certificates, if any."""
    try:
        if not path:
            return []
        if not Path(path).is_file():
            return [Fault("ca_file", "not_found", "is not a file")]
        ssl.create_default_context(cafile=path)
    except ValueError:  # no path at all
        return [Fault("ca_file", "not_found", "is not a file")]
    except OSError as error:  # ssl.SSLError is one, too; so is a name that is too long
        return [Fault("ca_file", "unreadable", f"cannot be used: {error}")]
    return []


def raise_if_any(faults: list[Fault]) -> None:
    """Raise `InvalidInput` with all faults, or do nothing."""
    if faults:
        raise InvalidInput(faults)


def _is_loopback(parts: SplitResult) -> bool:
    """Judge by the text alone: a name that resolves to loopback today may resolve to anything tomorrow."""
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
