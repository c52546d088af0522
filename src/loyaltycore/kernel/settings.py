"""Settings: options of the chain, overridden per branch, read through a snapshot.

A session takes a `SettingsSnapshot` when it is opened and keeps it, so a changed option takes effect in sessions opened
afterwards (AMPAREX: "takes effect after the workstation was restarted, also the one that made the change").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, Generic, TypeVar, cast

from attrs import field, frozen

from loyaltycore.errors import Fault, InvalidInput, NotFound, RegistrationError
from loyaltycore.kernel.given import place_of, shown, text_of
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.validation import Faults

T = TypeVar("T", str, int, bool)

CHAIN_SCOPE = "chain"

_TYPES: Final = frozenset({str, int, bool})


class Severity(Enum):
    """What an option does about a watched field that is empty."""

    REMIND = "remind"
    """The field is marked and asked for; nothing is held up."""

    REQUIRE = "require"
    """What needs the field is refused until it is filled."""


@frozen
class Option(Generic[T]):
    """One option of the chain."""

    key: str
    """Stable dotted name, for example ``customers.number_pattern``."""
    default: T
    """Its value if nothing is set; its type is the option's type."""
    description: str
    """What it does, for the person who sets it."""
    tab: str = field(default="", kw_only=True)
    """Where a settings screen shows it."""
    section: str = field(default="", kw_only=True)
    """The section on that tab."""
    watches: tuple[str, ...] = field(default=(), kw_only=True)
    """The customer's fields that are watched while the option is on."""
    severity: Severity = field(default=Severity.REMIND, kw_only=True)
    """What happens if one of them is empty."""
    check: Callable[[Faults, T], None] | None = field(default=None, kw_only=True, eq=False)
    """Notes what is wrong with a value of the right type."""

    def read(self, value: object) -> T:
        """Check a value for this option.

        Raises:
            InvalidInput: The type is wrong, or the option's own check notes a fault.
        """
        with Faults() as faults:
            clean: Any
            if isinstance(self.default, bool):
                clean = faults.flag(self.key, value)
            elif isinstance(self.default, int):
                clean = faults.integer(self.key, value, least=-(2**31), most=2**31)
            elif value is None:
                faults.note(self.key, "wrong_type", "must be text")
            else:
                clean = faults.text(self.key, value, limit=2000, multiline=True)
            if not faults.found and self.check is not None:
                self.check(faults, clean)
        return cast("T", clean)


@frozen
class SettingSet:
    """What was set in one scope."""

    id: str
    """``chain``, or ``branch:`` and the branch's id."""
    values: dict[str, Any]
    """Values by option key; a missing one falls back to the chain, then to the default."""
    version: int = 1


@frozen
class SettingsSnapshot:
    """The options as one session sees them for its whole life."""

    values: Mapping[str, Any] = field(factory=dict)

    def __getitem__(self, option: Option[T]) -> T:
        """The value in force when the session was opened.

        Raises:
            InvalidInput: That is no option.
        """
        given = _as_option(option)
        return cast("T", self.values.get(place_of(given.key), given.default))


class OptionCatalogue:
    """All options that one `Loyalty` knows; fixed once it is made."""

    def __init__(self, options: Iterable[Option[Any]]) -> None:
        """Collect the options.

        Raises:
            RegistrationError: Two options share a key, a key is no text, or a default is not a text, an integer or a truth
                value.
        """
        self._options: dict[str, Option[Any]] = {}
        for option in options:
            _check_option(option)
            if option.key in self._options:
                raise RegistrationError(f"option {option.key!r} is registered twice")
            self._options[option.key] = option

    def named(self, key: str) -> Option[Any]:
        """The option with that key.

        Raises:
            NotFound: There is none.
        """
        found = self._options.get(text_of(key) or "")
        if found is None:
            raise NotFound("option", key, meant(key, self._options))
        return found

    def require(self, option: object) -> None:
        """Refuse everything but these options.

        Raises:
            NotFound: It is another option, or a text that is the key of none.
            InvalidInput: It is no option, but perhaps the key of one.
        """
        if text_of(option) is not None:
            self.named(cast("str", option))
        given = _as_option(option)
        if not _are_equal(self.named(given.key), given):
            raise NotFound("option", given.key)

    @property
    def all(self) -> tuple[Option[Any], ...]:
        """All options in the order of registration, for a settings screen."""
        return tuple(self._options.values())


def _as_option(given: object) -> Option[Any]:
    if not issubclass(type(given), Option):
        key = "key" if text_of(given) is None else shown(given)
        message = f"must be an option, not {shown(given)}: `desk.settings.option({key})` gives one by its key"
        raise InvalidInput([Fault("option", "wrong_type", message)])
    return cast("Option[Any]", given)


def _are_equal(known: Option[Any], given: Option[Any]) -> bool:
    try:
        return known == given
    except Exception:  # noqa: BLE001  it is somebody else's code
        return False


def _check_option(option: Option[Any]) -> None:
    if type(option.key) is not str or not option.key:
        raise RegistrationError(f"option {shown(option.key)}: its key is a text")
    if type(option.default) not in _TYPES:
        raise RegistrationError(f"option {option.key!r}: {shown(option.default)} is no str, int or bool")
    if type(option.watches) is not tuple or not all(type(name) is str for name in option.watches):
        raise RegistrationError(f"option {option.key!r}: `watches` is a tuple of texts")
    if option.check is not None and not callable(option.check):
        raise RegistrationError(f"option {option.key!r}: `check` is a function, not {shown(option.check)}")
    if not isinstance(option.severity, Severity):
        raise RegistrationError(f"option {option.key!r}: {shown(option.severity)} is no Severity")


def scope_of(branch_id: str | None) -> str:
    """The scope of a branch, or of the chain."""
    return CHAIN_SCOPE if branch_id is None else f"branch:{place_of(branch_id)}"


def snapshot(chain: SettingSet | None, branch: SettingSet | None) -> SettingsSnapshot:
    """Merge the two scopes: a branch's value wins over the chain's."""
    return SettingsSnapshot({**(chain.values if chain else {}), **(branch.values if branch else {})})
