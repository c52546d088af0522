"""Customers come in from the tables of the programs before, and only once however often that is done."""

from __future__ import annotations

import textwrap

from loyaltycore import Loyalty
from loyaltycore.customers import ImportProgress, ImportReport
from order_cards.fixtures import SHOPS, Shop
from order_cards.progress import Progress


def import_all(loyalty: Loyalty) -> list[ImportReport]:
    """Import the table of each branch, and show what was wrong with its rows."""
    reports = [_import(loyalty, shop) for shop in SHOPS]
    for shop, report in zip(SHOPS, reports, strict=True):
        print(f"  {shop.table.name}: {_summary(report)}")
        for row in report.rejected:
            print(f"    line {row.line}{f', {row.column}' if row.column else ''}: {_short(row.message)}")
    return reports


def import_again(loyalty: Loyalty) -> list[ImportReport]:
    """The same tables once more."""
    reports = [_import(loyalty, shop) for shop in SHOPS]
    for shop, report in zip(SHOPS, reports, strict=True):
        print(f"  {shop.table.name} again: {_summary(report)}")
    return reports


def _import(loyalty: Loyalty, shop: Shop) -> ImportReport:
    size = shop.table.stat().st_size
    with Progress(f"  {shop.table.name}") as progress:

        def show(state: ImportProgress) -> None:
            # The bytes run a little ahead of the rows.
            progress.show(min(0.99, state.bytes_read / size), f"{state.rows} rows")

        customers = loyalty.session("anna", shop.key).customers
        report = customers.import_file(shop.table, columns=shop.columns, on_progress=show, batch_size=25)
        progress.show(1, f"{report.rows} rows")
        return report


def _summary(report: ImportReport) -> str:
    return f"{report.added} added, {report.skipped} known already, {report.rejected_rows} rejected"


def _short(text: str) -> str:
    return textwrap.shorten(text, 80, placeholder=" …")
