"""The library's model of likeness in the words of Splink: the same fields, levels and weights, written in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from splink.comparison_level_library import CustomLevel, ElseLevel, NullLevel
from splink.comparison_library import CustomComparison

from loyaltycore.customers.rules.model import Table
from loyaltycore.customers.rules.weights import DOUBLES

_NEAR_NAMES: Final = 0.92
_FAR_NAMES: Final = 0.8
_NEAR_STREETS: Final = 0.9


def comparisons(chance: Table) -> list[CustomComparison]:
    """One comparison for each field.

    Args:
        chance: How often each level is seen between two people.
    """
    conditions: Mapping[str, Sequence[tuple[str, str]]] = {
        "last_name": _name("last_name", "first_name"),
        "first_name": _name("first_name", "last_name"),
        "company": _name("company", "company"),
        "birth_date": _BIRTH_DATE,
        "email": [("same", "email_l = email_r")],
        "phones": [("same", "len(list_intersect(phones_l, phones_r)) > 0")],
        "addresses": _ADDRESSES,
    }
    return [_comparison(name, levels, chance[name]) for name, levels in conditions.items()]


def _comparison(
    name: str, levels: Sequence[tuple[str, str]], chance: Mapping[str, float]
) -> CustomComparison:
    doubles = DOUBLES[name]
    last = next(level for level in doubles if level not in dict(levels))
    made = [
        CustomLevel(sql, label_for_charts=level).configure(
            m_probability=doubles[level], u_probability=chance[level]
        )
        for level, sql in levels
    ]
    other = ElseLevel().configure(m_probability=doubles[last], u_probability=chance[last])
    column = "street" if name == "addresses" else name
    return CustomComparison([NullLevel(column), *made, other], output_column_name=name)


def _name(name: str, exchanged: str) -> list[tuple[str, str]]:
    """Folded names: the same, a typing error apart or exchanged, sounding the same."""
    alike = f"jaro_winkler_similarity({name}_l, {name}_r)"
    across = f"{name}_l = {exchanged}_r AND {exchanged}_l = {name}_r"
    part = (
        f"list_has_all(string_split({name}_l, ' '), string_split({name}_r, ' '))"
        f" OR list_has_all(string_split({name}_r, ' '), string_split({name}_l, ' '))"
    )
    return [
        ("same", f"{name}_l = {name}_r"),
        ("near", f"{alike} >= {_NEAR_NAMES} OR {part} OR coalesce({across}, false)"),
        ("far", f"{alike} >= {_FAR_NAMES} OR {name}_sound_l = {name}_sound_r"),
    ]


_BIRTH_DATE: Final = [
    ("same", "birth_date_l = birth_date_r"),
    (
        "near",
        # One digit that is not that of the decade, or day and month exchanged.
        "(hamming(birth_date_l, birth_date_r) = 1 AND birth_date_l[1:3] = birth_date_r[1:3])"
        " OR birth_date_l = birth_date_r[1:4] || birth_date_r[7:8] || birth_date_r[5:6]",
    ),
    ("far", "hamming(birth_date_l, birth_date_r) <= 2"),
]

_STREETS: Final = (
    ("same", "street_l = street_r"),
    (
        "near",
        f"jaro_winkler_similarity(street_l, street_r) >= {_NEAR_STREETS}"
        " AND regexp_replace(street_l, '[^0-9]', '', 'g') = regexp_replace(street_r, '[^0-9]', '', 'g')",
    ),
    ("other", "true"),
)
_PLACES: Final = (
    ("same", "postal_code_l = postal_code_r AND city_l = city_r"),
    (
        "near",
        "postal_code_l = postal_code_r OR city_l = city_r"
        " OR (len(postal_code_l) = len(postal_code_r) AND hamming(postal_code_l, postal_code_r) = 1)"
        f" OR jaro_winkler_similarity(city_l, city_r) >= {_NEAR_STREETS}",
    ),
    ("other", "true"),
)
_ADDRESSES: Final = [
    (f"{street} {place}", f"({here}) AND ({there})")
    for street, here in _STREETS
    for place, there in _PLACES
    if (street, place) != ("other", "other")
]
