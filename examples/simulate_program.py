"""What a richer program would have cost, had there been one last year.

    python examples/simulate_program.py --chart owed.svg

A shop has a club, and a year of orders in its own books. The club is simulated twice: as it is, and with a gold tier, points
that are worth twice as much, and an expiry that is sooner. All sales are made up, the same each time; nothing is stored, and the
program checks itself. With ``--chart``, what is owed at the end of the year is drawn, too, by reportlab.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor, white

from loyaltycore import Loyalty, Money
from loyaltycore.memory import MemoryStorage
from loyaltycore.programs import Earn, PointsTerms, Tier, Tiers, months, period
from loyaltycore.sales import Order, OrderLine, PastOrder, PastRefund, Simulated

AS_IT_IS: Final = PointsTerms(
    Earn(1, per=Money(100, "EUR")), worth=Money(1, "EUR"), expiry=period(months(24), round_up="year")
)
RICHER: Final = PointsTerms(
    Earn(1, per=Money(100, "EUR")),
    worth=Money(2, "EUR"),
    expiry=period(months(9), round_up="month"),
    tiers=Tiers([Tier("gold", 600, times=2)]),
)
CUSTOMERS: Final = 100
YEAR: Final = 2025
LAST_DAY: Final = date(YEAR, 12, 31)
BAR: Final = 40
COLOURS: Final = ("#6d6a63", "#0b5563")


def main() -> None:
    """Simulate both, and show them side by side."""
    parser = argparse.ArgumentParser(description="What a richer program would have cost.")
    parser.add_argument("--chart", type=Path, help="where to draw what is owed, as SVG")
    chart: Path | None = parser.parse_args().chart
    sales = Loyalty(MemoryStorage()).session("anna").sales
    found = {
        name: sales.simulate("club", terms, year_of_sales(), until=LAST_DAY, redemption=spends)
        for name, terms in (("as it is", AS_IT_IS), ("richer", RICHER))
    }
    compare(found)
    for name, each in found.items():
        show_owed(name, each)
    if chart:
        draw(found, chart)
    as_it_is, richer = found.values()
    check(as_it_is.orders == richer.orders, "both see the same orders")
    check(as_it_is.cost < richer.cost, "the richer one costs more")
    for each in found.values():
        left = each.issued - each.spent - each.expired
        check(left == each.liability.owed, "what is left of the points is owed")


def year_of_sales() -> Iterator[PastOrder]:
    """The shop's own books, customer by customer: a few orders each, of which one in twenty comes back in part."""
    random = Random(YEAR)  # noqa: S311  the same sales every time
    for number in range(CUSTOMERS):
        days = sorted(random.sample(range(365), random.randrange(1, 12)))
        for place, day in enumerate(days):
            at = datetime(YEAR, 1, 1, 11, tzinfo=UTC) + timedelta(days=day)
            lines = [
                OrderLine("1", "glasses", Money(random.randrange(4000, 25000), "EUR")),
                OrderLine("2", "care", Money(random.randrange(300, 2000), "EUR"), 2),
            ]
            order = Order(f"R-{number:03}-{place}", f"c{number:03}", lines)
            back = [PastRefund(at + timedelta(days=9), {"1": 1})] if random.random() < 1 / 20 else []
            yield PastOrder(order, at, refunds=back)


def spends(there: int) -> int:
    """Customers wait until they have 200 points, and then spend all of them."""
    return there if there >= 200 else 0  # noqa: PLR2004  said above


def compare(found: dict[str, Simulated]) -> None:
    """What each would have come to."""
    title("A year of the club")
    rows = {name: rows_of(each) for name, each in found.items()}
    first = next(iter(rows.values()))
    print(f"  {f'in {YEAR}':32}" + "".join(f"{name:>14}" for name in rows))
    for label in first:
        print(f"  {label:32}" + "".join(f"{each[label]:>14}" for each in rows.values()))


def rows_of(found: Simulated) -> dict[str, str]:
    """The figures of one."""
    gold = sum(move.times for move in found.tiers if move.after == "gold")
    return {
        "customers": f"{found.customers:,}",
        "orders": f"{found.orders:,}",
        "came back in part": f"{found.refunds:,}",
        "sales": str(found.price),
        "points issued": f"{found.issued:,}",
        "points spent": f"{found.spent:,}",
        "points expired": f"{found.expired:,}",
        "cost": str(found.cost),
        "cost, of the sales": f"{found.cost.amount / found.price.amount:.2%}",
        "points owed at the end": f"{found.liability.owed:,}",
        "reached gold": f"{gold:,}",
        "returns that gain points": f"{found.gained:,}",
    }


def show_owed(name: str, found: Simulated) -> None:
    """What is owed at the end, by the month in which it expires."""
    title(f"When the points that are owed expire: {name}")
    most = max((amount for _, amount in found.liability.by_month), default=1)
    for month, amount in found.liability.by_month:
        print(f"  {said(month)}  {'#' * round(BAR * amount / most):{BAR}} {amount:>7,}")


def said(month: int | None) -> str:
    """A month as people write it."""
    return "never  " if month is None else f"{month // 100}-{month % 100:02}"


def draw(found: dict[str, Simulated], path: Path) -> None:
    """Draw what is owed by month, both side by side."""
    owed = {name: dict(each.liability.by_month) for name, each in found.items()}
    shown = sorted({month for each in owed.values() for month in each if month is not None})
    chart, legend = VerticalBarChart(), Legend()
    chart.x, chart.y, chart.width, chart.height = 60, 45, 620, 220
    chart.data = [[each.get(month, 0) for month in shown] for each in owed.values()]
    chart.categoryAxis.categoryNames = [said(month) for month in shown]
    chart.categoryAxis.labels.angle = 45
    chart.categoryAxis.labels.dy = -14
    chart.valueAxis.valueMin = 0
    chart.valueAxis.labelTextFormat = lambda value: f"{value:,.0f}"
    for place, colour in enumerate(COLOURS):
        chart.bars[place].fillColor = HexColor(colour)
        chart.bars[place].strokeColor = None
    legend.x, legend.y, legend.alignment = 80, 255, "right"
    legend.colorNamePairs = [(HexColor(colour), name) for colour, name in zip(COLOURS, owed, strict=True)]
    drawing = Drawing(700, 290)
    for part in (Rect(0, 0, 700, 290, fillColor=white, strokeColor=None), chart, legend):
        drawing.add(part)
    renderSVG.drawToFile(drawing, str(path))


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}")


def check(is_right: bool, what: str) -> None:  # noqa: FBT001  it is read as a sentence
    """Make sure that something came out as it should."""
    if not is_right:
        raise SystemExit(f"wrong: {what}")


if __name__ == "__main__":
    main()
