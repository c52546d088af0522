"""Undoing a merge after the survivor was changed: whatever comes back, both customers can stand."""

from __future__ import annotations

from datetime import date

from tests.house import House


def test_an_undo_leaves_nobody_without_a_name(house: House) -> None:
    """Made a company by a merge, somebody who has lost the last name since stays one."""
    person = house.customer()
    firm = house.customer(kind="company", company="Muster GmbH", first_name="", last_name="")
    merging = house.desk.merging
    done = merging.execute(merging.plan(survivor=person.id, loser=firm.id).take("kind", "company"))
    house.desk.customers.change(person.id, last_name="")
    undone = merging.undo(done.id)
    assert [each.field for each in undone.conflicts] == ["kind", "company"]
    after = house.desk.customers.change(person.id, notes="can be changed")
    assert (after.kind, after.company) == (firm.kind, "Muster GmbH")


def test_an_answer_and_its_day_come_back_together(house: House) -> None:
    """Whose day was corrected since keeps the answer, too: a day alone would mean nothing."""
    person, other = house.customer(), house.customer(privacy="declined", privacy_date="2025-01-01")
    merging = house.desk.merging
    done = merging.execute(merging.plan(survivor=person.id, loser=other.id))
    house.desk.customers.change(person.id, privacy_date="2025-06-06")
    undone = merging.undo(done.id)
    assert {each.field for each in undone.conflicts} == {"privacy", "privacy_date"}
    after = house.desk.customers.get(person.id)
    assert (after.privacy, after.privacy_date) == (other.privacy, date(2025, 6, 6))


def test_what_two_merges_have_moved_goes_back_to_whom_it_was(house: House) -> None:
    """One merge moves a pair, another one combines it, and they are undone in the order in which they were done."""
    one, second, third, other = (house.customer(last_name=each) for each in ("One", "Two", "Three", "Other"))
    merging = house.desk.merging
    merging.not_duplicates(one.id, second.id)
    said = merging.not_duplicates(one.id, third.id)
    first = merging.execute(merging.plan(survivor=other.id, loser=one.id))
    later = merging.execute(merging.plan(survivor=second.id, loser=third.id))
    assert [each.key for each in merging.undo(first.id).conflicts] == [said.id]
    assert merging.undo(later.id).conflicts == ()
    assert third.id not in {each.customer.id for each in merging.duplicates_of(one.id)}
    assert third.id in {each.customer.id for each in merging.duplicates_of(other.id)}
