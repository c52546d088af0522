"""The usual ways to dial a number, taken apart without `phonenumbers.parse`, which looks for a number in any text.

What comes after ``0`` in a country where that and nothing else leads to other areas, or after ``+`` and the country's own
code, is the number itself. Anything that may be more than that is left to the library, and so is every verdict.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from attrs import frozen

_PREFIX: Final = "0"


@frozen
class Dialling:
    """How people of one country dial numbers of that country."""

    code: str
    """The code of the country."""
    _lengths: frozenset[int]
    """How many digits a number may have after prefix or code, by the numbering plan."""
    _others: tuple[re.Pattern[str], ...]
    """What begins with the prefix and is something else: numbers abroad, and numbers that begin with a zero themselves."""

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
    )
