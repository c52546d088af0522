"""Vouchers issued, shown, redeemed, taken back, made void, and made by the thousand."""

from __future__ import annotations

from typing import Final

from tests.faults.verbs.verb import Run, Verb

_FROM_ID: Final = ("code_hash", "hint", "changes")
"""The code follows from the id, and a repetition draws another one."""


def _computed(run: Run) -> None:
    run.free.vouchers.issue("autumn", customer=run.facts["erika"], reason="gift")


def _show_computed(run: Run) -> None:
    mine = run.free.vouchers.of_customer(run.facts["erika"])
    run.desk.vouchers.code_of(next(each.id for each in mine if not each.own_code))


def _fresh(run: Run) -> None:
    run.free.vouchers.issue("autumn", customer=run.facts["erika"], reason="gift", code="FRESH26")


def _void_fresh(run: Run) -> None:
    mine = run.free.vouchers.of_customer(run.facts["erika"])
    run.desk.vouchers.void(next(each.id for each in mine if each.hint == "SH26"), reason="sale cancelled")


VERBS: Final = (
    Verb(
        "voucher issued",
        lambda run: run.desk.vouchers.issue("autumn", customer=run.facts["erika"], reason="goodwill"),
        "vouchers.issue",
        without=_FROM_ID,
    ),
    Verb(
        "code of a voucher shown",
        _show_computed,
        "vouchers.show_code",
        _computed,
    ),
    Verb(
        "voucher redeemed",
        lambda run: run.desk.vouchers.redeem("AUTUMN26", order_ref="R-1"),
        "vouchers.redeem",
    ),
    Verb(
        "redemption taken back",
        lambda run: run.desk.vouchers.take_back(run.facts["redeemed"]),
        "vouchers.take_back",
    ),
    Verb("voucher made void", _void_fresh, "vouchers.void", _fresh, repeatable=False),
    Verb(
        "foreign codes imported",
        lambda run: run.desk.vouchers.import_codes("autumn", ["FOREIGN1", "FOREIGN2"]),
        "vouchers.import_codes",
        units=0,
    ),
    Verb(
        "vouchers generated",
        lambda run: run.desk.vouchers.generate("autumn", 3),
        "vouchers.generate",
        units=2,
        without=_FROM_ID,
    ),
    Verb(
        "codes exported",
        lambda run: list(run.desk.vouchers.export_codes(run.facts["batch"])),
        "vouchers.export",
    ),
    Verb(
        "code checked for a stranger",
        lambda run: run.desk.vouchers.check("AUTUMN26", visitor="10.0.0.1"),
        repeatable=False,
    ),
)
