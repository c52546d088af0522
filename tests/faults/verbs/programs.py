"""Programs defined, assigned, used, earned, undone, ended and swept."""

from __future__ import annotations

from typing import Final

from loyaltycore import Money
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.programs import OfflineUse, Quota, QuotaTerms
from tests.faults.scene import TODAY
from tests.faults.verbs.verb import Run, Verb

_TERMS: Final = QuotaTerms([Quota(5, articles=["tip"])])


def _short_lived(run: Run) -> None:
    day = TODAY.date().isoformat()
    run.free.programs.assign(run.facts["erika"], "batteries", starts_on="2025-12-01", ends_on="2026-01-31")
    run.free.programs.assign(run.facts["erika"], "batteries", ends_on=day)


def _spare(run: Run) -> str:
    return run.desk.cards.get(run.facts["spare card"]).number


def _offer(run: Run) -> Order:
    return Order("R-9", run.facts["erika"], [OrderLine("1", "P-BAT", Money(2500, "EUR"))])


def _sold(run: Run) -> None:
    desk = run.free
    desk.processes.templates.create("sale", name="Sale")
    process = desk.processes.start(run.facts["erika"], "sale").process
    desk.programs.define("sold", _TERMS, name="Sold", sold_by=["P-BAT"])
    desk.programs.publish("sold")
    desk.processes.complete_offer(process.id, offer=_offer(run), cards={"1": ""})


VERBS: Final = (
    Verb(
        "program defined",
        lambda run: run.desk.programs.define("tips", _TERMS, name="Tips"),
        "programs.define",
    ),
    Verb("program published", lambda run: run.desk.programs.publish("draft"), "programs.publish"),
    Verb("program hidden", lambda run: run.desk.programs.hide("batteries", reason="over"), "programs.hide"),
    Verb("program removed", lambda run: run.desk.programs.remove("draft"), "programs.remove"),
    Verb(
        "program assigned",
        lambda run: run.desk.programs.assign(run.facts["erika"], "batteries", card=run.facts["spare card"]),
        "programs.assign",
    ),
    Verb(
        "assignment changed",
        lambda run: run.desk.programs.change(run.facts["batteries"], ends_on="2026-12-31", reason="longer"),
        "programs.change",
    ),
    Verb(
        "assignment ended",
        lambda run: run.desk.programs.end(run.facts["batteries"], reason="over"),
        "programs.end",
    ),
    Verb(
        "program used",
        lambda run: run.desk.programs.use(run.facts["batteries"], order_ref="R-1"),
        "programs.use",
    ),
    Verb(
        "month closed",
        lambda run: run.desk.programs.reports.close_period("club", 202601),
        "programs.close_period",
    ),
    Verb(
        "many uses entered",
        lambda run: run.desk.programs.use_many(
            OfflineUse(run.facts["batteries"], f"R-{number}") for number in range(3)
        ),
    ),
    Verb(
        "points earned",
        lambda run: run.desk.programs.earn(run.facts["club"], Money(2500, "EUR"), order_ref="R-1"),
        "programs.earn",
    ),
    Verb(
        "program adjusted",
        lambda run: run.desk.programs.adjust(run.facts["club"], 5, reason="sorry"),
        "programs.adjust",
    ),
    Verb("use undone", lambda run: run.desk.programs.undo(run.facts["used"]), "programs.undo"),
    Verb(
        "card read",
        lambda run: run.desk.programs.present(_spare(run), reading="reader-1"),
        "programs.read_card",
    ),
    Verb(
        "program sale cancelled",
        lambda run: run.desk.programs.cancel_sale("R-9"),
        "programs.cancel_sale",
        _sold,
    ),
    Verb(
        "issuer saved",
        lambda run: run.desk.programs.issuers.save("partner", name="Partner", prefixes=["99"]),
        "issuers.save",
    ),
    Verb(
        "issuer removed",
        lambda run: run.desk.programs.issuers.remove("partner"),
        "issuers.remove",
        lambda run: run.free.programs.issuers.save("partner", name="Partner", prefixes=["99"]),
    ),
    Verb("expired lots booked", lambda run: run.desk.programs.sweep(), first=_short_lived),
)
