"""What is being bought: all of it is in the form, so nothing is kept between two requests."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

from attrs import evolve, field, frozen
from werkzeug.datastructures import MultiDict

from loyaltycore.programs import Presented
from loyaltycore.sales import Order
from till.shop import ARTICLES, RATES

MOST: Final = 999
"""Of one article."""
_NUMBER: Final = re.compile("[0-9]{1,9}")


@frozen
class Basket:
    """A form, read."""

    number: str
    """The order's: it makes the sale happen once."""
    card: str = ""
    """As scanned or typed."""
    quantities: Mapping[str, int] = field(factory=dict)
    """By article; what is not bought is not there."""
    codes: tuple[str, ...] = ()
    points: int = 0
    """How many of them are to pay."""
    language: str = "en"

    def with_code(self, code: str) -> Basket:
        """With one more code, unless it is empty or there already."""
        return evolve(self, codes=tuple(dict.fromkeys((*self.codes, *([code] if code else [])))))

    def order(self, shown: Presented | None) -> Order | None:
        """The order; None as long as nothing is bought."""
        lines = [
            evolve(ARTICLES[article], id=article, quantity=count)
            for article, count in self.quantities.items()
        ]
        if not lines:
            return None
        found = shown.card if shown else None
        return Order(
            self.number,
            found.customer.id if found and found.customer else None,
            lines,
            card=found.card.id if found and found.card and found.customer else None,
            codes=self.codes,
            spend={"club": self.points} if self.points else {},
            rates=RATES,
        )


def new_number() -> str:
    """The number of another order."""
    return f"R-{secrets.token_hex(4).upper()}"


def read_basket(form: MultiDict[str, str]) -> Basket:
    """Read a form, with what its buttons add and remove."""
    do, _, what = form.get("do", "").partition(":")
    counts = {article: _count(form.get(f"quantity-{article}", "")) for article in ARTICLES}
    if do == "add" and what in counts:
        counts[what] = min(counts[what] + 1, MOST)
    return Basket(
        form.get("number") or new_number(),
        form.get("card", "").strip(),
        {article: count for article, count in counts.items() if count},
        tuple(code for code in form.getlist("codes") if (do, what) != ("remove", code)),
        _count(form.get("points", ""), 10**9),
        "de" if form.get("language") == "de" else "en",
    )


def _count(text: str, most: int = MOST) -> int:
    return min(int(text), most) if _NUMBER.fullmatch(text) else 0
