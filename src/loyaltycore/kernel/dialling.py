"""The usual ways to dial a number, taken apart without `phonenumbers.parse`, which looks for a number in any text.

What comes after ``0`` in a country where that and nothing else leads to other areas, or after ``+`` and the country's own
code, is the number itself. Anything that may be more than that is left to the library. Its verdict on the number is found
with its own patterns, asked by length and all at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phonenumbers import PhoneMetadata, PhoneNumberDesc

_PREFIX: Final = "0"


@frozen
class _Ranges:
    """Numbers of some kinds, as the numbering plan describes them."""

    _descriptions: tuple[PhoneNumberDesc, ...]
    _by_length: dict[int, re.Pattern[str]] = field(factory=dict, init=False)

    @classmethod
    def of(cls, descriptions: Iterable[PhoneNumberDesc | None]) -> _Ranges:
        return cls(tuple(each for each in descriptions if each and each.national_number_pattern))

    def hold(self, number: str) -> bool:
        """Whether a number, without prefix and code, is one of them."""
        length = len(number)
        pattern = self._by_length.get(length)
        if pattern is None:
            pattern = self._by_length[length] = re.compile(self._pattern(length))
        return pattern.fullmatch(number) is not None

    def _pattern(self, length: int) -> str:
        fitting = (
            each.national_number_pattern
            for each in self._descriptions
            # Where no length is named, it is any of the plan.
            if not each.possible_length or length in each.possible_length
        )
        return "|".join(f"(?:{each})" for each in fitting) or _NOTHING


_NOTHING: Final = r"(?!)"


@frozen
class Dialling:
    """How people of one country dial numbers of that country."""

    code: str
    """The code of the country."""
    _lengths: frozenset[int]
    """How many digits a number may have after prefix or code, by the numbering plan."""
    _others: tuple[re.Pattern[str], ...]
    """What begins with the prefix and is something else: numbers abroad, and numbers that begin with a zero themselves."""
    _all: _Ranges
    _special: _Ranges
    """Neither of fixed lines nor of mobile phones."""
    _fixed: _Ranges
    _mobile: _Ranges

    def number(self, dialled: str) -> str:
        """The number without prefix and code, or an empty text for what may be more than that.

        Args:
            dialled: Digits of ASCII, after a + if there is one.
        """
        if dialled.startswith(_PREFIX):
            number = dialled[1:]
            if any(other.match(dialled) for other in self._others):
                return ""
        else:
            number = dialled.removeprefix(f"+{self.code}")
            if number == dialled:
                return ""
        return number if number[:1] != _PREFIX and len(number) in self._lengths else ""

    def may_be_mobile(self, number: str) -> bool | None:
        """Whether a number, as `number` returns it, may be a mobile one; None if the country has no such number."""
        if not self._all.hold(number):
            return None
        if self._special.hold(number):
            return False
        mobile = self._mobile.hold(number)
        return mobile if mobile or self._fixed.hold(number) else None


@lru_cache(maxsize=512)
def dialling(region: str) -> Dialling | None:
    """How people dial in a country; None where other rules hold, or several countries share a code.

    Args:
        region: ISO 3166-1 alpha-2 in capitals.
    """
    import phonenumbers  # noqa: PLC0415  its metadata is large, and not always needed

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if plan is None or plan.country_code is None or plan.general_desc is None:
        return None
    code = str(plan.country_code)
    if (
        plan.national_prefix_for_parsing != _PREFIX
        or plan.international_prefix is None
        or phonenumbers.region_codes_for_country_code(plan.country_code) != (region,)
    ):
        return None
    return Dialling(
        code,
        frozenset(plan.general_desc.possible_length),
        (
            re.compile(plan.international_prefix),
            re.compile(rf"(?:{plan.general_desc.national_number_pattern})\Z"),
        ),
        _Ranges.of([plan.general_desc]),
        _Ranges.of(_special(plan)),
        _Ranges.of([plan.fixed_line]),
        _Ranges.of([plan.mobile]),
    )


def _special(plan: PhoneMetadata) -> tuple[PhoneNumberDesc | None, ...]:
    return (
        *(plan.premium_rate, plan.toll_free, plan.shared_cost, plan.voip),
        *(plan.personal_number, plan.pager, plan.uan, plan.voicemail),
    )
