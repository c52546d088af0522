"""Which places the `holidays` package knows, and what a branch may call them."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from loyaltycore.errors import MissingExtra
from loyaltycore.kernel.given import items_of, text_of
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.places import COUNTRY_LENGTH
from loyaltycore.kernel.validation import Faults

if TYPE_CHECKING:
    from holidays import HolidayBase

MOSTLY_CATHOLIC: Final = "catholic"
"""The municipality of a branch whose state has Catholic holidays in Catholic places only."""

# States in which the law gives a holiday to municipalities where most people are Catholic.
_MIXED_STATES: Final = {"DE": frozenset({"BY", "SN", "TH"})}

# Municipalities that `holidays` lists among the subdivisions of a country, with the state that each lies in.
_CITIES: Final = {"DE": {"Augsburg": "BY"}, "CH": {"Stadt Zurich": "ZH"}, "ES": {"Barcelona": "CT"}}

_NAME_LIMIT: Final = 60
_MOST_CATEGORIES: Final = 100


@frozen
class Place:
    """A place in the words of the `holidays` package."""

    country: str
    """ISO 3166-1 alpha-2."""
    subdivision: str
    """The package's code of the state, or empty for the holidays of the whole country."""
    municipality: str
    """`MOSTLY_CATHOLIC`, a municipality that the package knows, or empty."""
    categories: tuple[str, ...]
    """The kinds of holiday that close, sorted."""

    def holidays(self, year: int) -> HolidayBase:
        """Compute the holidays of a year, in a separate object: the package's objects change when asked."""
        mixed = self.municipality == MOSTLY_CATHOLIC
        return _library_calendar(
            self.country,
            (year,),
            self.subdivision if mixed else self.municipality or self.subdivision,
            (*self.categories, MOSTLY_CATHOLIC) if mixed else self.categories,
        )


def read_place(
    faults: Faults, country: object, subdivision: object, municipality: object, categories: object
) -> Place:
    """Read the facts of a place; an unknown one is a fault that lists those known.

    Raises:
        MissingExtra: `holidays` is not installed.
    """
    code = _read_country(faults, country)
    if not code:
        return Place("", "", "", ())
    offer = _library_calendar(code)
    state = _read_subdivision(faults, code, offer, subdivision)
    state, city = _read_municipality(faults, code, offer, state, municipality)
    return Place(code, state, city, _read_categories(faults, code, offer, categories))


def _read_country(faults: Faults, value: object) -> str:
    known = known_countries()
    code = faults.text("country", value, limit=COUNTRY_LENGTH, required=True).upper()
    if code and code not in known:
        faults.unknown("country", "unknown_country", "country", code, sorted(known))
        return ""
    return code


def _read_subdivision(faults: Faults, country: str, offer: HolidayBase, value: object) -> str:
    text = faults.text("subdivision", value, limit=_NAME_LIMIT)
    codes = [code for code in offer.subdivisions if code not in _CITIES.get(country, {})]
    known = {alias.casefold(): code for alias, code in offer.subdivisions_aliases.items()}
    # After the aliases: where a word is both, it is the code.
    known |= {code.casefold(): code for code in codes}
    word = text.casefold().removeprefix(f"{country.casefold()}-")
    if word and word not in known:
        names = [*codes, *offer.subdivisions_aliases]
        faults.unknown("subdivision", "unknown_subdivision", f"subdivision of {country}", text, names)
    return known.get(word, "")


def _read_municipality(
    faults: Faults, country: str, offer: HolidayBase, state: str, value: object
) -> tuple[str, str]:
    """Read the municipality, and the state: a municipality known by name implies its state."""
    text = faults.text("municipality", value, limit=_NAME_LIMIT)
    if not text:
        return state, ""
    known = {
        name: inside
        for name, inside in _CITIES.get(country, {}).items()
        if name in offer.subdivisions and state in {"", inside}
    }
    if state in _MIXED_STATES.get(country, ()):
        known[MOSTLY_CATHOLIC] = state
    for name, inside in known.items():
        if name.casefold() == text.casefold():
            return inside, name
    message = f"{unknown('municipality', text, known)}; elsewhere leave it empty and use closed_on"
    faults.note("municipality", "unknown_municipality", message)
    return state, ""


def _read_categories(faults: Faults, country: str, offer: HolidayBase, value: object) -> tuple[str, ...]:
    given = () if value is None else items_of(value, _MOST_CATEGORIES, unordered=True)
    words = [text_of(word) for word in ((value,) if given is None else given)]
    chosen = {word for word in words if word is not None and word in offer.supported_categories}
    for word in words:
        if word not in chosen:
            kind, known = f"category of {country}", offer.supported_categories
            faults.unknown("categories", "unknown_category", kind, word, known)
    return tuple(sorted(chosen or {offer.default_category or offer.supported_categories[0]}))


def known_countries() -> Iterable[str]:
    """List the codes of all countries that have holidays here.

    Raises:
        MissingExtra: `holidays` is not installed.
    """
    codes: Iterable[str] = _library().list_supported_countries(include_aliases=False)
    return codes


def _library_calendar(
    country: str, years: Iterable[int] = (), subdivision: str = "", categories: tuple[str, ...] = ()
) -> HolidayBase:
    found: HolidayBase = _library().country_holidays(
        country, subdiv=subdivision or None, years=years, expand=False, categories=categories or None
    )
    return found


def _library() -> ModuleType:
    try:
        import holidays  # noqa: PLC0415  an optional extra, and slow to load
    except ImportError:
        raise MissingExtra("holidays", "holidays") from None
    return holidays
