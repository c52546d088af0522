"""The two pages: the till, and the receipt of a sale with what came back of it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from loyaltycore import Desk, InvalidInput, Money, Refused
from loyaltycore.programs import Presented
from loyaltycore.sales import Quote, SettledLine, Settlement
from till.basket import MOST, Basket, new_number, read_basket
from till.shop import ARTICLES

pages = Blueprint("pages", __name__)


@pages.get("/")
def begin() -> ResponseReturnValue:
    """An empty basket."""
    return _page(Basket(new_number()))


@pages.post("/")
def change() -> ResponseReturnValue:
    """A button was pressed, or something was scanned: everything in the form is looked at."""
    basket, (do, _, what) = read_basket(request.form), request.form.get("do", "").partition(":")
    trouble = ""
    try:
        if do == "use":
            _desk().keyed(request.form["key"]).programs.use(what, quantity=1)
        elif do == "pay":
            return _pay(basket)
    except (Refused, InvalidInput) as error:
        trouble = _said(error)
    page = _page(basket, request.form.get("code", "").strip(), trouble)
    return (page, 409) if trouble else page


@pages.get("/receipts/<order_ref>")
def receipt(order_ref: str) -> ResponseReturnValue:
    """What was paid, and what came back."""
    return _receipt(_desk().sales.settlement(order_ref))


@pages.post("/receipts/<order_ref>/codes")
def codes(order_ref: str) -> ResponseReturnValue:
    """The same with the codes of the vouchers that were sold; that somebody has seen them is written down."""
    desk = _desk()
    sale = desk.sales.settlement(order_ref)
    return _receipt(sale, [desk.vouchers.code_of(each) for each in _vouchers(sale)])


@pages.post("/receipts/<order_ref>/refunds")
def refund(order_ref: str) -> ResponseReturnValue:
    """One unit comes back; the number in the form makes it happen once."""
    form = request.form
    _desk().sales.refund(order_ref, form["number"], {form["line"]: 1}, reason=form["reason"])
    return redirect(url_for(".receipt", order_ref=order_ref), 303)


def _pay(basket: Basket) -> ResponseReturnValue:
    """Settle what was shown: if it comes to something else by now, the new price is shown instead."""
    desk = _desk()
    order = basket.order(_presented(desk, basket))
    if order is None:
        return redirect(url_for(".begin"), 303)
    sale = desk.sales.settle(order, expect=request.form["digest"])
    return redirect(url_for(".receipt", order_ref=sale.order_ref), 303)


def _page(basket: Basket, typed: str = "", trouble: str = "") -> str:
    """The till. A code that cannot be used is said, and stays in its field."""
    desk = _desk()
    shown = _presented(desk, basket)
    try:
        quote = _quote(desk, basket.with_code(typed), shown)
        basket, typed = basket.with_code(typed), ""
    except (Refused, InvalidInput) as error:
        trouble = trouble or _said(error)
        quote = _quote_without(desk, basket, shown)
    return render_template(
        "till.html",
        basket=basket,
        shown=shown,
        not_good=_not_good(shown),
        titles={each.id: each.name for each in desk.programs.all()},
        quote=quote,
        articles=ARTICLES,
        typed=typed,
        trouble=trouble,
        most=MOST,
        key=secrets.token_urlsafe(),
    )


def _quote(desk: Desk, basket: Basket, shown: Presented | None) -> Quote | None:
    order = basket.order(shown)
    return desk.sales.quote(order) if order else None


def _quote_without(desk: Desk, basket: Basket, shown: Presented | None) -> Quote | None:
    """The price of what can be priced."""
    try:
        return _quote(desk, basket, shown)
    except (Refused, InvalidInput):
        return None


def _presented(desk: Desk, basket: Basket) -> Presented | None:
    try:
        return desk.programs.present(basket.card) if basket.card else None
    except InvalidInput:
        return None


def _not_good(shown: Presented | None) -> str:
    """What keeps a card from being used."""
    try:
        if shown:
            shown.card.require()
    except Refused as refused:
        return f"{shown.issuer.name}: {shown.issuer.message}" if shown and shown.issuer else _said(refused)
    return ""


def _receipt(sale: Settlement, codes: list[str] | None = None) -> str:
    return render_template(
        "receipt.html",
        sale=sale,
        articles=ARTICLES,
        prices={line.id: _prices(line, sale.currency) for line in sale.lines},
        tenders=_tenders(sale),
        sells_vouchers=any(_vouchers(sale)),
        codes=codes,
        number=f"G-{secrets.token_hex(4).upper()}",
    )


def _prices(line: SettledLine, currency: str) -> list[tuple[Money, int]]:
    """What its units had cost, and how many of them did so."""
    found: Counter[int] = Counter()
    for share in line.units:
        found[share.price] += share.count
    return [(Money(price, currency), count) for price, count in sorted(found.items())]


def _tenders(sale: Settlement) -> list[tuple[str, Money]]:
    """What each tender paid of all units."""
    shares = [share for line in sale.lines for share in line.units]
    return [
        (each.title, Money(sum(share.paid[place] * share.count for share in shares), sale.currency))
        for place, each in enumerate(sale.tenders)
    ]


def _vouchers(sale: Settlement) -> Iterator[str]:
    return (sold.voucher_id for line in sale.lines for sold in line.sold if sold.voucher_id)


def _said(error: Refused | InvalidInput) -> str:
    """A refusal with the way out."""
    remedy = error.remedy if isinstance(error, Refused) else ""
    return f"{error} ({remedy})" if remedy and remedy not in str(error) else str(error)


def _desk() -> Desk:
    desk: Desk = current_app.extensions["desk"]()
    return desk
