"""Cells of a table freed from what programs put around them: signs that keep a spreadsheet from counting, and words for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from loyaltycore.customers.rules.table_columns import REPEATED
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import cleaned

_FORMULA: Final = re.compile(r'=\s*"((?:[^"]|"")*)"')
"""How programs make a spreadsheet show a number as it is."""
_FORMULA_BEGINS: Final = ("=", "+", "-", "@")
_SHORTENED: Final = re.compile(r"0[0-9]+|[0-9]{12,}")
"""Digits of which a spreadsheet would drop some."""
_GUARDED: Final = re.compile(r"'\s*(?=[=+\-@])|'(?=[0-9][0-9 .,/()-]*\Z)")
"""An apostrophe that says "this is text"; ``'t Hart`` and ``'s-Hertogenbosch`` begin with one that is part of the name."""
_SIGNS: Final = re.compile(r"[-\u2010-\u2015\u2212_./*?]+")
_ZEROS: Final = re.compile(r"[0 ./:T-]*0[0 ./:T-]*")
_WORDS: Final = frozenset(
    (
        *("k.a.", "k.a", "k/a", "keine", "keineangabe", "ohneangabe", "entfällt", "fehlt", "unbekannt"),
        *("nichtbekannt", "nichtvorhanden", "nichtangegeben", "unknown", "notavailable", "notknown"),
        *("notspecified", "n/a", "n.a.", "n.a", "#n/a", "#nv", "#null!", "(null)"),
    )
)
_WORDS_BUT_NAMES: Final = frozenset(["null", "none", "nan", "nil", "leer", "empty", "xxx"])
"""Stand for nothing too, except where people are called so."""
_RUINED: Final = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[Ee][+-][0-9]+")
_WHOLE: Final = re.compile(r"([0-9]+)[.,]0")

_NAMES: Final = frozenset({"last_name", "first_name", "company", "name_extension", "city", "street"})
_LONGEST: Final = len("0000-00-00 00:00:00.000")

_NUMBERS: Final = frozenset({"number", "external_number"})
_COUNTED: Final = _NUMBERS | {"postal_code", "phone", "mobile", "fax"}
_ZERO_IS_NOTHING: Final = frozenset(
    {"birth_date", "customer_since", "privacy_date", "phone", "mobile", "fax", "postal_code"}
)
_KEPT: Final = frozenset({"notes"})
"""Whatever stands there was written for people."""


def plain(cell: str) -> str:
    """The text that a cell stands for.

    Example:
        >>> plain('="0123"'), plain("'0123"), plain("'t Hart")
        ('0123', '0123', "'t Hart")
    """
    text = cell.strip() if cell.isascii() else cleaned(cell).strip()
    if text[:1] == "'":
        text = _GUARDED.sub("", text, count=1).strip()
    if text[:1] == "=" and (formula := _FORMULA.fullmatch(text)):
        text = formula[1].replace('""', '"').strip()
    return text


def guarded(cell: str) -> str:
    """A cell without blanks around it that a spreadsheet neither counts with nor shortens; `plain` reads both alike."""
    text = cleaned(cell).strip()
    return f"'{text}" if text.startswith(_FORMULA_BEGINS) or _SHORTENED.fullmatch(text) else text


Read = Callable[[Faults, str], str]


@lru_cache(maxsize=1024)
def cell_reader(key: str) -> Read:
    """How the cells of a column are read: as the text that they stand for, or as nothing.

    Nothing is what is only a word or sign for it: ``-``, ``k. A.``, ``00.00.0000``.

    Args:
        key: A field of the table, with its number if it is there more than once.
    """
    field = key.partition(REPEATED)[0]
    if field in _KEPT:
        return lambda _, cell: plain(cell)
    words = _WORDS if field in _NAMES else _WORDS | _WORDS_BUT_NAMES
    zero_is_nothing = field in _ZERO_IS_NOTHING
    counted, shortened = key in _COUNTED, key in _NUMBERS

    def read(faults: Faults, cell: str) -> str:
        text = plain(cell) if cell else ""
        if not text:
            return ""
        if len(text) <= _LONGEST and (
            text.casefold().replace(" ", "") in words
            or (not text[0].isalnum() and _SIGNS.fullmatch(text))
            or (zero_is_nothing and _ZEROS.fullmatch(text))
        ):
            return ""
        return _whole_number(faults, key, text, shortened=shortened) if counted else text

    return read


def _whole_number(faults: Faults, key: str, text: str, *, shortened: bool) -> str:
    """A number that is a name, not a quantity: without the ``.0`` of programs that count with it.

    Faults: ``ruined_number``, it has been shortened to ``1,23457E+12``.
    """
    if _RUINED.fullmatch(text):
        message = "has lost digits in a spreadsheet: format the column as text, or export the file again without opening it"
        faults.note(key, "ruined_number", message)
        return ""
    shown = _WHOLE.fullmatch(text) if shortened else None
    return shown[1] if shown else text
