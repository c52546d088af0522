"""An optician's articles, programs and vouchers."""

from __future__ import annotations

from typing import Final

from loyaltycore import Loyalty, Money
from loyaltycore.programs import DiscountTerms, Earn, PointsTerms, Quota, QuotaTerms, StoredValueTerms
from loyaltycore.sales import ForEvery, OrderLine, PromotionTerms, Rule, in_groups
from loyaltycore.vouchers import DiscountVoucherTerms

BRANCH: Final = "berlin"
RATES: Final = {"19": 1900, "7": 700}
ARTICLES: Final = {
    "frame": OrderLine("", "frame", Money(19900, "EUR"), groups=["frames"], tax="19"),
    "lens": OrderLine("", "lens", Money(12000, "EUR"), groups=["lenses"], tax="7"),
    "cloth": OrderLine("", "cloth", Money(399, "EUR"), groups=["accessories"], tax="19"),
    "P-GIFT": OrderLine("", "P-GIFT", Money(5000, "EUR")),
    "P-BAT": OrderLine("", "P-BAT", Money(2500, "EUR"), tax="19"),
}
"""What the till sells, as lines without an id: a real one asks its own system."""


def set_up(loyalty: Loyalty) -> None:
    """Set the shop up, as often as you like."""
    loyalty.session("admin").branches.ensure(BRANCH, name="Optik Berlin", time_zone="Europe/Berlin")
    office = loyalty.session("admin").programs
    office.define("club", PointsTerms(Earn(1, per=Money(100, "EUR")), worth=Money(1, "EUR")), name="Club")
    office.define("staff", DiscountTerms(25), name="Staff")
    office.define("gift", StoredValueTerms("EUR", by_code=True), name="Gift voucher", sold_by=["P-GIFT"])
    office.define("fifth", DiscountVoucherTerms(percent=20, groups=["frames"]), name="A fifth off frames")
    office.define(
        "batteries", QuotaTerms([Quota(30, groups=["batteries"])]), name="30 batteries", sold_by=["P-BAT"]
    )
    office.define(
        "three",
        PromotionTerms([Rule("three", ForEvery(2), where=in_groups("accessories"))]),
        name="Three for two",
    )
    office.publish("club", "staff", "gift", "fifth", "batteries", "three")
