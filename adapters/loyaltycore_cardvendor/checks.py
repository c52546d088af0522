"""What the vendor checks before it takes an order.

Written independently of any client: a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

from loyaltycore_cardvendor.problems import Problem
from loyaltycore_cardvendor.shapes import Choice, Errors, Many, Record, Text, note

KINDS = frozenset(
    {"text", "ean13", "code128", "qr", "magstripe_track1", "magstripe_track2", "magstripe_track3"}
)
PRINTABLE = (
    r"[ -~\u00A1-\u00AC\u00AE-\u00FF\u0106\u0107\u010C\u010D\u0110\u0111\u011E\u011F\u0130\u0131\u0152\u0153"
    r"\u015E\u015F\u0160\u0161\u0178\u017D\u017E\u2013\u2014\u2018\u2019\u201A\u201C\u201D\u201E\u2026\u20AC]"
)
_PROSE = r"[^\x00-\x08\x0B-\x1F\x7F-\x9F\uD800-\uDFFF]"

MOST_ENCODINGS = 12
MOST_VARIABLES = 20
REFERENCE = Text(64, "[A-Za-z0-9._-]+")
NAME = Text(64, alphabet=PRINTABLE)
LINE = Text(40, alphabet=PRINTABLE)
PROSE = Text(500, alphabet=_PROSE, blank=True)
VALUES = {
    "text": LINE,
    "ean13": Text(13, "[0-9]{13}"),
    "code128": Text(24, "[ -~]+"),
    "qr": Text(300, "[ -~]+"),
    "magstripe_track1": Text(76, r"[ !\"#$&'()*+,./:;<=>@A-Z\[\\\]^_0-9-]+"),
    "magstripe_track2": Text(37, "[0-9=]+"),
    "magstripe_track3": Text(104, "[0-9=]+"),
}
ADDRESS = Record(
    {"name": LINE, "lines": Many(LINE, most=3, least=1), "city": LINE, "country": Text(2, "[A-Z]{2}")},
    {"company": LINE, "postal_code": Text(12, "[A-Za-z0-9][A-Za-z0-9 -]*")},
)
VARIABLE = Record(
    {
        "name": Text(32, "[a-z][a-z0-9_]*"),
        "value": Text(200, alphabet=PRINTABLE, empty=True),
    }
)
CANCELLATION = Record({"reference": REFERENCE}, {"reason": PROSE})


class Checker:
    """Knows what was agreed with one client."""

    def __init__(self, products: frozenset[str] = frozenset(), kinds: frozenset[str] = KINDS) -> None:
        self.products = products
        """Its designs; empty for any."""
        self.kinds = kinds
        """The encodings that it may order."""
        encoding = Record(
            {"kind": Choice(kinds), "value": Text(10**9)}, {"slot": Text(32, alphabet=PRINTABLE)}
        )
        self._order = Record(
            {
                "reference": REFERENCE,
                "product": NAME,
                "encodings": Many(encoding, most=MOST_ENCODINGS, least=1),
                "shipping": Record({"mode": Choice(frozenset({"individual", "bulk"})), "to": ADDRESS}),
            },
            {
                "letter": Record({"template": NAME}, {"variables": Many(VARIABLE, most=MOST_VARIABLES)}),
                "language": Text(2, "[a-z]{2}"),
                "comment": PROSE,
            },
        )

    def order(self, body: dict[str, Any]) -> None:
        """Refuse an order that cannot be carried out, naming everything."""
        errors: Errors = []
        self._order.check(body, "", errors)
        self._check_product(body.get("product"), errors)
        self._check_encodings(body.get("encodings"), errors)
        self._check_variables(body, errors)
        unknown = [error["pointer"] for error in errors] == ["/product"] and self.products
        if errors:
            raise Problem(422, "unknown_product" if unknown else "invalid_request", errors=errors)

    def cancellation(self, body: dict[str, Any]) -> None:
        """Refuse a malformed request to cancel."""
        errors: Errors = []
        CANCELLATION.check(body, "", errors)
        if errors:
            raise Problem(422, "invalid_request", errors=errors)

    def _check_product(self, product: Any, errors: Errors) -> None:
        if self.products and product and product not in self.products:
            note(errors, "/product", "unknown_choice", "no such design")

    def _check_encodings(self, encodings: Any, errors: Errors) -> None:
        if not isinstance(encodings, list) or len(encodings) > MOST_ENCODINGS:
            return
        found = [encoding if isinstance(encoding, dict) else {} for encoding in encodings]
        for number, encoding in enumerate(found):
            _check_value(encoding, f"/encodings/{number}/value", errors)
        _check_repeated([encoding.get("slot") for encoding in found], "/encodings/{}/slot", errors)
        kinds = [str(encoding.get("kind")) for encoding in found]
        tracks = [kind if kind.startswith("magstripe") else None for kind in kinds]
        _check_repeated(tracks, "/encodings/{}/kind", errors)

    def _check_variables(self, body: dict[str, Any], errors: Errors) -> None:
        letter = body.get("letter")
        variables = letter.get("variables") if isinstance(letter, dict) else None
        if not isinstance(variables, list) or len(variables) > MOST_VARIABLES:
            return
        found = [variable if isinstance(variable, dict) else {} for variable in variables]
        _check_repeated([variable.get("name") for variable in found], "/letter/variables/{}/name", errors)


def parse(body: bytes) -> dict[str, Any]:
    """Read a JSON object without repeated names."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_no_repetition, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", f"no JSON: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise Problem(400, "malformed", "not an object")
    return value


def check_digit(twelve: str) -> int:
    """The check digit of an EAN-13."""
    odd, even = sum(map(int, twelve[::2])), sum(map(int, twelve[1::2]))
    return (10 - (odd + 3 * even) % 10) % 10


def _check_value(encoding: dict[str, Any], pointer: str, errors: Errors) -> None:
    value, kind = encoding.get("value"), encoding.get("kind")
    if not value or not isinstance(value, str) or not isinstance(kind, str) or kind not in VALUES:
        return
    before = len(errors)
    VALUES[kind].check(value, pointer, errors)
    if kind == "ean13" and len(errors) == before and int(value[12]) != check_digit(value[:12]):
        note(errors, pointer, "bad_check_digit", "the last digit is wrong")


def _check_repeated(values: list[Any], pointer: str, errors: Errors) -> None:
    seen: Counter[str] = Counter()
    for number, value in enumerate(values):
        if value and isinstance(value, str):
            seen[value] += 1
            if seen[value] > 1:
                note(errors, pointer.format(number), "duplicate", "is there before")


def _no_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("repeated name")
    return dict(pairs)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def is_reference(text: str) -> bool:
    """Whether a text could be a reference."""
    return re.fullmatch("[A-Za-z0-9._-]{1,64}", text) is not None
