"""The configuration file: which adapter each port uses, and with which options.

    [storage]
    use = "sql"                               # the name of the plug-in
    url = "sqlite:///shop.db"                 # everything else is an option of the adapter

    [card_printer]
    use = "http"
    base_url = "https://cards.example/v1"
    token = { env = "CARD_VENDOR_TOKEN" }     # a secret stands elsewhere: in the environment, or in a file
    webhook_secrets = [{ file = "secrets/card-vendor" }]

If two distributions offer a plug-in of the same name, `distribution` says which is meant. Relative paths start at the
folder of the file.
"""

from __future__ import annotations

import codecs
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO

from attrs import field, frozen

from loyaltycore import plugins
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import is_storable

DEFAULT_NAME: Final = "loyaltycore.toml"

SECTIONS: Final[Mapping[str, str]] = {
    "storage": plugins.STORAGE,
    "mailer": plugins.MAILER,
    "sms": plugins.SMS,
    "card_printer": plugins.CARD_PRINTER,
    "renderer": plugins.RENDERER,
    "invitations": plugins.INVITATIONS,
    "calendar": plugins.CALENDAR,
}
"""The sections of the file, which are the ports, with the groups of their plug-ins."""

_REFERENCE: Final = frozenset({"env", "file"})
_LONGEST_SECRET: Final = 65_536
_LONGEST_FILE: Final = 1_000_000
_DEEPEST: Final = 20
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BYTE_ORDER_MARK: Final = "\ufeff"


class BadConfig(InvalidInput):
    """The configuration file is wrong; `faults` names everything with its place in the file."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        super().__init__(faults)
        self.path = path


@frozen
class Section:
    """What the file says about one port."""

    name: str
    """A key of `SECTIONS`."""
    use: str
    """The name of the plug-in."""
    distribution: str | None
    """The distribution that offers it; None if only one does."""
    options: Mapping[str, Any] = field(repr=False)
    """What the adapter is made with; references to secrets are resolved."""
    usable: bool = True
    """Whether everything in the section could be read; otherwise its options are incomplete."""

    @property
    def group(self) -> str:
        """The group of its plug-ins."""
        return SECTIONS[self.name]


def read_config(faults: Faults, path: Path) -> tuple[Section, ...]:
    """Read the file, noting everything that is wrong with it.

    Args:
        faults: Takes the faults, each with its dotted place, for example ``card_printer.token``.

    Raises:
        BadConfig: There is no such file, or it is not TOML.
    """
    document = _parse(path)
    for name in document.keys() - SECTIONS.keys():
        faults.unknown(name, "unknown_section", "section", name, SECTIONS)
    if "storage" not in document:
        faults.note("storage", "required", "is missing: nothing can be kept")
    return tuple(
        _section(faults.at(name), name, document[name], path.parent) for name in SECTIONS if name in document
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        with _opened(path) as stream:
            text = stream.read(_LONGEST_FILE + 1)
        document = tomllib.loads(text) if len(text) <= _LONGEST_FILE else None
    except FileNotFoundError:
        message = "there is no such file: make one with `loyaltycore init`, or name another with --config"
        raise BadConfig(path, [Fault("", "not_found", message)]) from None
    except OSError as error:
        raise BadConfig(path, [Fault("", "unreadable", f"cannot be read: {error.strerror}")]) from error
    except RecursionError:
        raise BadConfig(path, [Fault("", "too_deep", "is nested too deep")]) from None
    except ValueError as error:  # of TOML, of characters, or of a number that is too long
        raise BadConfig(path, [Fault("", "bad_toml", f"is no TOML: {error}")]) from error
    if document is None:
        raise BadConfig(path, [Fault("", "too_long", f"is longer than {_LONGEST_FILE:,} characters")])
    return document


def _section(faults: Faults, name: str, given: object, folder: Path) -> Section:
    if not isinstance(given, dict):
        faults.note("use", "required", f"must be set, in a section [{name}]")
        return Section(name, "", None, {}, usable=False)
    before = len(faults.found)
    options = dict(given)
    use = faults.text("use", options.pop("use", None), limit=100, required=True)
    distribution = faults.text("distribution", options.pop("distribution", None), limit=100) or None
    resolved = {key: _resolved(faults, key, value, folder) for key, value in options.items()}
    return Section(name, use, distribution, resolved, usable=len(faults.found) == before)


def _resolved(faults: Faults, place: str, value: Any, folder: Path, depth: int = 0) -> Any:
    """Replace references by the secrets that they name; lists become tuples."""
    if depth > _DEEPEST:
        faults.note(place, "too_deep", f"is nested deeper than {_DEEPEST}")
        return None
    if isinstance(value, list):
        return tuple(
            _resolved(faults, f"{place}[{i}]", item, folder, depth + 1) for i, item in enumerate(value)
        )
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= _REFERENCE:
        return _secret(faults, place, value, folder)
    return {key: _resolved(faults, f"{place}.{key}", item, folder, depth + 1) for key, item in value.items()}


def _secret(faults: Faults, place: str, reference: Mapping[str, Any], folder: Path) -> str:
    (kind, name), *more = reference.items()
    if more or not isinstance(name, str) or not name:
        faults.note(place, "bad_reference", 'must be { env = "NAME" } or { file = "path" }')
        return ""
    if kind == "env":
        return _from_environment(faults, place, name)
    return _from_file(faults, place, folder / name)


def _from_environment(faults: Faults, place: str, name: str) -> str:
    secret = os.environ.get(name, "").removeprefix(_BYTE_ORDER_MARK)
    if not secret:
        faults.note(place, "missing_secret", f"the environment variable {name} is not set")
    elif not is_storable(secret):
        faults.note(place, "missing_secret", f"the environment variable {name} is not text")
    return secret


def _from_file(faults: Faults, place: str, path: Path) -> str:
    """Read the first line: editors end a file with a line break that is not part of the secret."""
    try:
        with _opened(path) as stream:
            secret = stream.readline(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is neither UTF-8 nor UTF-16"
        faults.note(place, "missing_secret", f"the file {path} cannot be read: {reason}")
        return ""
    if not secret:
        faults.note(place, "missing_secret", f"the file {path} is empty")
    elif not is_storable(secret):
        faults.note(place, "missing_secret", f"the file {path} is not text: save it as UTF-8")
    return secret


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a text that a person wrote: UTF-8, or UTF-16 with a byte order mark, which is not part of the text.

    Raises:
        OSError: It cannot be read.
        UnicodeError: It is neither; raised here or while it is read.
    """
    with path.open("rb") as stream:
        # Only looked at: a pipe cannot be read twice.
        encoding = "utf-16" if stream.peek(2)[:2] in _UTF_16 else "utf-8-sig"
        with TextIOWrapper(stream, encoding) as text:
            yield text
