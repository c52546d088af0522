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

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from loyaltycore import plugins
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.validation import Faults

DEFAULT_NAME: Final = "loyaltycore.toml"

SECTIONS: Final[Mapping[str, str]] = {
    "storage": plugins.STORAGE,
    "mailer": plugins.MAILER,
    "sms": plugins.SMS,
    "card_printer": plugins.CARD_PRINTER,
    "calendar": plugins.CALENDAR,
}
"""The sections of the file, which are the ports, with the groups of their plug-ins."""

_REFERENCE: Final = frozenset({"env", "file"})
_LONGEST_SECRET: Final = 65_536


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
        faults.note(name, "unknown_section", f"is no section; known are {', '.join(SECTIONS)}")
    if "storage" not in document:
        faults.note("storage", "required", "is missing: nothing can be kept")
    return tuple(
        _section(faults.at(name), name, document[name], path.parent) for name in SECTIONS if name in document
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        message = "there is no such file: make one with `loyaltycore init`, or name another with --config"
        raise BadConfig(path, [Fault("", "not_found", message)]) from None
    except OSError as error:
        raise BadConfig(path, [Fault("", "unreadable", f"cannot be read: {error.strerror}")]) from error
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise BadConfig(path, [Fault("", "bad_toml", f"is no TOML: {error}")]) from error


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


def _resolved(faults: Faults, place: str, value: Any, folder: Path) -> Any:
    """Replace references by the secrets that they name, at any depth; lists become tuples."""
    if isinstance(value, list):
        return tuple(_resolved(faults, f"{place}[{i}]", item, folder) for i, item in enumerate(value))
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= _REFERENCE:
        return _secret(faults, place, value, folder)
    return {key: _resolved(faults, f"{place}.{key}", item, folder) for key, item in value.items()}


def _secret(faults: Faults, place: str, reference: Mapping[str, Any], folder: Path) -> str:
    (kind, name), *more = reference.items()
    if more or not isinstance(name, str) or not name:
        faults.note(place, "bad_reference", 'must be { env = "NAME" } or { file = "path" }')
        return ""
    if kind == "env":
        return _from_environment(faults, place, name)
    return _from_file(faults, place, folder / name)


def _from_environment(faults: Faults, place: str, name: str) -> str:
    secret = os.environ.get(name, "")
    if not secret:
        faults.note(place, "missing_secret", f"the environment variable {name} is not set")
    return secret


def _from_file(faults: Faults, place: str, path: Path) -> str:
    """Read the first line: editors end a file with a line break that is not part of the secret."""
    try:
        with path.open(encoding="utf-8") as stream:
            secret = stream.readline(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        faults.note(place, "missing_secret", f"the file {path} cannot be read: {reason}")
        return ""
    if not secret:
        faults.note(place, "missing_secret", f"the file {path} is empty")
    return secret
