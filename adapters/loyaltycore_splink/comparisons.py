"""The library's model of likeness in the words of Splink: the same fields, levels and weights, written in SQL.

The SQL is DuckDB's; another engine is given the functions that it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from splink.comparison_level_library import CustomLevel, ElseLevel, NullLevel
from splink.comparison_library import CustomComparison

from loyaltycore.customers.rules.agreeing import FAR_NAMES, NEAR_NAMES, NEAR_STREETS
from loyaltycore.customers.rules.model import Table, weights
from loyaltycore.customers.rules.weights import DOUBLES


def comparisons(chance: Table) -> list[CustomComparison]:
    """One comparison for each field.

    Args:
        chance: How often each level is seen between two people.
    """
    conditions: Mapping[str, Sequence[tuple[str, str]]] = {
        **{name: _name(name) for name in ("last_name", "first_name", "company")},
        "birth_date": _BIRTH_DATE,
        "email": [("same", "email_l = email_r")],
        "phones": [("same", "list_has_any(phones_l, phones_r)")],
        "addresses": _ADDRESSES,
    }
    return [_comparison(name, levels, chance[name]) for name, levels in conditions.items()]


def _comparison(
    name: str, levels: Sequence[tuple[str, str]], chance: Mapping[str, float]
) -> CustomComparison:
    doubles = DOUBLES[name]
    # Splink divides the one by the other: so each level weighs what it does in the library's own model.
    by_chance = {level: doubles[level] / 2**weight for level, weight in weights(doubles, chance).items()}
    last = next(level for level in doubles if level not in dict(levels))
    made = [
        CustomLevel(sql, label_for_charts=level).configure(
            m_probability=doubles[level], u_probability=by_chance[level]
        )
        for level, sql in levels
    ]
    other = ElseLevel().configure(m_probability=doubles[last], u_probability=by_chance[last])
    column = "street" if name == "addresses" else name
    return CustomComparison([NullLevel(column), *made, other], output_column_name=name)


def _name(name: str) -> list[tuple[str, str]]:
    """Folded names: the same, a typing error apart or exchanged, sounding the same."""
    one, other = f"{name}_l", f"{name}_r"
    near, far = _near(one, other), f"{_far(one, other)} OR {name}_sound_l = {name}_sound_r"
    if name != "company":
        near += f" OR {_EXCHANGED}"
    if name == "last_name":
        # Where only one of the two names is found again, the other one speaks against it.
        far += f" OR {_ONE_EXCHANGED}"
    return [("same", f"{one} = {other}"), ("near", near), ("far", far)]


def _near(one: str, other: str) -> str:
    part = _either_way(f"string_split({one}, ' ')", f"string_split({other}, ' ')")
    return f"(jaro_winkler_similarity({one}, {other}) >= {NEAR_NAMES} OR {part})"


def _far(one: str, other: str) -> str:
    return f"(jaro_winkler_similarity({one}, {other}) >= {FAR_NAMES} OR {_near(one, other)})"


def _either_way(one: str, other: str) -> str:
    return f"(list_has_all({one}, {other}) OR list_has_all({other}, {one}))"


_ACROSS: Final = (("last_name_l", "first_name_r"), ("first_name_l", "last_name_r"))
_ONE_EXCHANGED: Final = f"({' OR '.join(_near(*each) for each in _ACROSS)})"
_EXCHANGED: Final = f"({' AND '.join([_ONE_EXCHANGED, *(_far(*each) for each in _ACROSS)])})"

_BIRTH_DATE: Final = [
    ("same", "birth_date_l = birth_date_r"),
    (
        "near",
        # One digit that is not that of the decade, or day and month exchanged.
        "(hamming(birth_date_l, birth_date_r) = 1 AND left(birth_date_l, 3) = left(birth_date_r, 3))"
        " OR birth_date_l = left(birth_date_r, 4) || right(birth_date_r, 2) || substr(birth_date_r, 5, 2)",
    ),
    ("far", "hamming(birth_date_l, birth_date_r) <= 2"),
]

_STREETS: Final = (
    ("same", "street_l = street_r"),
    (
        "near",
        f"jaro_winkler_similarity(street_l, street_r) >= {NEAR_STREETS} AND "
        + _either_way(
            *(f"regexp_extract_all({street}, '([0-9]+)', 1)" for street in ("street_l", "street_r"))
        ),
    ),
    ("other", "true"),
)
_POST, _CITY = "postal_code_l = postal_code_r", "city_l = city_r"
_PLACES: Final = (
    # Of postal code and town, what one of the two lacks says nothing.
    (
        "same",
        f"coalesce({_POST}, {_CITY}) AND coalesce({_CITY}, {_POST})"
        " OR coalesce(postal_code_l, city_l, postal_code_r, city_r) IS NULL",
    ),
    (
        "near",
        f"{_POST} OR {_CITY}"
        " OR (length(postal_code_l) = length(postal_code_r) AND hamming(postal_code_l, postal_code_r) = 1)"
        f" OR jaro_winkler_similarity(city_l, city_r) >= {NEAR_STREETS}",
    ),
    ("other", "true"),
)
_ADDRESSES: Final = [
    (f"{street} {place}", f"({here}) AND ({there})")
    for street, here in _STREETS
    for place, there in _PLACES
    if (street, place) != ("other", "other")
]
