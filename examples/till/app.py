"""The till as a WSGI application: every answer is JSON, every refusal has its code and a way out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve

from loyaltycore import Desk, InvalidInput, Loyalty, NotFound, Refused
from loyaltycore.sales import Order, OrderLine, Quote, Refund, Settlement
from till.shop import ARTICLES, BRANCH, RATES

_MOST_BYTES = 100_000
Respond = Callable[[str, list[tuple[str, str]]], Any]


class Till:
    """Sells at one branch; the header ``X-Clerk`` says who is there."""

    def __init__(self, loyalty: Loyalty) -> None:
        self._loyalty = loyalty
        self._routes = {
            "/quote": self._quote,
            "/settle": self._settle,
            "/refund": self._refund,
        }

    def __call__(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        """Answer one request."""
        status, body = self._answer(environ)
        data = json.dumps(body, ensure_ascii=False).encode()
        respond(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, Any]:
        route = self._routes.get(environ.get("PATH_INFO", ""))
        if route is None or environ["REQUEST_METHOD"] != "POST":
            return "404 Not Found", {"code": "not_found", "paths": sorted(self._routes)}
        try:
            asked = json.loads(environ["wsgi.input"].read(min(_length(environ), _MOST_BYTES)) or b"{}")
            return "200 OK", route(asked, self._desk(environ))
        except InvalidInput as error:
            faults = [
                {"field": each.field, "code": each.code, "message": each.message} for each in error.faults
            ]
            return "422 Unprocessable Content", {"code": "invalid", "faults": faults}
        except NotFound as error:
            return "404 Not Found", {"code": "not_found", "message": str(error)}
        except Refused as error:
            return "409 Conflict", {"code": error.code, "message": str(error), "remedy": error.remedy}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return "400 Bad Request", {"code": "malformed", "message": str(error)}

    def _desk(self, environ: dict[str, Any]) -> Desk:
        return self._loyalty.session(environ.get("HTTP_X_CLERK") or "till", BRANCH)

    def _quote(self, asked: Any, desk: Desk) -> Any:
        return _shown(desk.sales.quote(_order(asked)))

    def _settle(self, asked: Any, desk: Desk) -> Any:
        """The number of the order makes it happen once, however often the till asks."""
        sale = desk.sales.settle(_order(asked), expect=asked.get("expect"), cards=asked.get("cards"))
        return _settled(sale, [desk.vouchers.code_of(each) for each in _vouchers(sale)])

    def _refund(self, asked: Any, desk: Desk) -> Any:
        refund = desk.sales.refund(
            asked["order"], asked["number"], asked.get("lines"), reason=asked.get("reason", "")
        )
        return _refunded(refund)


def _order(asked: Any) -> Order:
    """An order of what was scanned: prices, groups and taxes are the shop's."""
    lines = [
        evolve(_article(line["article"]), id=str(number), quantity=line.get("quantity", 1))
        for number, line in enumerate(asked["lines"], 1)
    ]
    return Order(
        asked["number"],
        asked.get("customer"),
        lines,
        card=asked.get("card"),
        programs=asked.get("programs", ()),
        codes=asked.get("codes", ()),
        spend=asked.get("spend", {}),
        rates=RATES,
    )


def _article(name: str) -> OrderLine:
    if name not in ARTICLES:
        raise NotFound("article", name)
    return ARTICLES[name]


def _shown(quote: Quote) -> Any:
    return {
        "due": quote.due.amount,
        "digest": quote.digest,
        "receipt": quote.receipt("de"),
        "points": quote.earns,
        "why_not": [verdict.say("de") for verdict in quote.verdicts if not verdict.applies],
        "nearest": [
            {"line": each.line, "more": each.more, "extra": each.extra.amount} for each in quote.nearest()
        ],
    }


def _vouchers(sale: Settlement) -> list[str]:
    return [each.voucher_id for line in sale.lines for each in line.sold if each.voucher_id]


def _settled(sale: Settlement, codes: list[str]) -> Any:
    return {
        "order": sale.order_ref,
        "due": sale.due,
        "points": sum(award.points for award in sale.awards),
        "codes": codes,
    }


def _refunded(refund: Refund) -> Any:
    return {
        "due": refund.due.amount,
        "back": {each.title: each.amount.amount for each in refund.tenders if each.units},
        "taxes": {part.key: part.tax.amount for part in refund.taxes},
    }


def _length(environ: dict[str, Any]) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
