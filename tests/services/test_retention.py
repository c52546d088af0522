"""History is kept for so many years, and then forgotten, portion by portion."""

from __future__ import annotations

import pytest

from loyaltycore import Capability
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import Query
from loyaltycore.privacy import RETENTIONS, Forgotten, Retention
from loyaltycore.work.journal import Activity
from tests.house import House, build_house


def actions(house: House) -> list[str]:
    """What stands in the feed."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return [each.action for each in tx.find(Activity, Query())]


@pytest.mark.every_engine
def test_the_change_log_is_kept_three_years_and_history_ten(house: House) -> None:
    """Changes of branches go after three years, those of customers after ten; what is younger stays, on every engine."""
    house.customer()
    privacy = house.desk.privacy
    assert actions(house) == ["branch.created", "customer.created"]
    assert privacy.forget_old() == (Forgotten("change log", 0), Forgotten("customer history", 0))
    house.clock.advance(days=3 * 365.25 + 1)
    assert privacy.forget_old() == (Forgotten("change log", 1), Forgotten("customer history", 0))
    house.customer()
    house.clock.advance(days=7 * 365.25)
    assert privacy.forget_old() == (Forgotten("change log", 0), Forgotten("customer history", 1))
    assert actions(house) == ["customer.created"]


def test_it_works_in_portions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is, each unit of work removes so much and no more."""
    monkeypatch.setattr("loyaltycore.privacy.retaining.PORTION", 2)
    for _ in range(5):
        house.customer()
    house.clock.advance(days=11 * 365.25)
    assert house.desk.privacy.forget_old()[1].count == 5
    assert actions(house) == []


def test_a_host_says_how_long_its_records_are_kept() -> None:
    """A capability adds retentions of its own; a period that is none is refused."""
    kept = Retention("visits", Activity, "at", 1)
    house = build_house(capabilities=[Capability(name="own", adds=(RETENTIONS.by(lambda _: [kept]),))])
    house.clock.advance(days=400)
    assert house.desk.privacy.forget_old()[-1] == Forgotten("visits", 1)
    odd = Retention("visits", Activity, "at", 0)
    with pytest.raises(RegistrationError, match="no number of years"):
        build_house(capabilities=[Capability(name="own", adds=(RETENTIONS.by(lambda _: [odd]),))])
