"""The laws of merging, for any graph of records that refer to customers."""

from __future__ import annotations

import json
from typing import Any, Final

import attrs
import pytest
from hypothesis import example, given, settings, strategies as st

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from tests.house import House, build_house
from tests.services.relations import (
    OWN,
    RELATIONS,
    Friend,
    Passport,
    Purse,
    Verdict,
    Visit,
    add,
    stored_rows,
)

PEOPLE: Final = 4
JOURNAL: Final = ("activities", "commands", "merges", "merge_moves", "merge_changes", "aliases")
"""What a merge and its undo leave behind on purpose."""

person = st.integers(0, PEOPLE - 1)
graphs = st.fixed_dictionaries(
    {
        "visits": st.lists(st.tuples(person, st.none() | person), max_size=8),
        "purses": st.lists(st.tuples(person, st.sampled_from("ab"), st.integers(0, 9)), max_size=6, unique_by=lambda each: each[:2]),
        "passports": st.lists(person, max_size=4, unique=True),
        "friends": st.lists(st.tuples(person, st.none() | person), max_size=8, unique_by=lambda each: each if each[1] is not None else object()),
        "verdicts": st.lists(person, max_size=3),
    }
)  # fmt: skip

Graph = dict[str, Any]


def open_shop(graph: Graph, storage: Storage | None = None) -> tuple[House, list[Customer]]:
    """A shop with some people and what refers to them."""
    house = build_house(storage or MemoryStorage(), capabilities=[RELATIONS])
    people = [
        house.customer(first_name=f"E{number}", phones=[f"0170 123456{number}"], custom={})
        for number in range(PEOPLE)
    ]
    ids = [each.id for each in people]

    def of(number: int | None) -> Any:
        return None if number is None else ids[number]

    records: list[Any] = []
    for n, (who, sent) in enumerate(graph["visits"]):
        records.append(Visit(f"v{n}", of(who), of(sent), f"visit {n}"))
    for n, (who, program, points) in enumerate(graph["purses"]):
        records.append(Purse(f"p{n}", of(who), program, points))
    records += [Passport(f"pp{who}", of(who), f"code {who}") for who in graph["passports"]]
    for n, (who, friend) in enumerate(graph["friends"]):
        records.append(Friend(f"f{n}", of(who), of(friend), n))
    records += [Verdict(f"d{n}", of(who), f"verdict {n}") for n, who in enumerate(graph["verdicts"])]
    if records:
        add(house.loyalty, *records)
    return house, people


def merge(house: House, survivor: str, loser: str) -> Any:
    """Merge two as the plan proposes."""
    return house.desk.merging.execute(house.desk.merging.plan(survivor=survivor, loser=loser))


def bare(rows: dict[str, dict[str, Any]], *, without: tuple[str, ...] = JOURNAL) -> Any:
    """Everything but the journal and the versions, which only count."""
    return {
        table: {key: _plain(record) for key, record in records.items()}
        for table, records in rows.items()
        if table not in without
    }


def _plain(record: Any) -> dict[str, Any]:
    return {name: value for name, value in attrs.asdict(record, recurse=False).items() if name != "version"}


def points(rows: dict[str, dict[str, Any]]) -> dict[str, int]:
    """All points by program."""
    sums = dict.fromkeys("ab", 0)
    for purse in rows["purses"].values():
        sums[purse.program] += purse.points
    return sums


@given(graphs)
@example(
    graph={
        "visits": [],
        "purses": [],
        "passports": [],
        "friends": [(0, 0), (0, 1), (1, 0), (1, 1)],
        "verdicts": [],
    }
)
@settings(max_examples=60)
def test_nothing_is_left_behind_lost_or_doubled(graph: Graph) -> None:
    """F194: every record that referred to the loser refers to the survivor; only combined ones are fewer, and sums stay."""
    house, (survivor, loser, *_) = open_shop(graph)
    before = stored_rows(house.loyalty)
    plan = house.desk.merging.plan(survivor=survivor.id, loser=loser.id)
    done = house.desk.merging.execute(plan)
    after = stored_rows(house.loyalty)
    for table in ("visits", "purses", "passports", "friends"):
        for record in after[table].values():
            assert loser.id not in attrs.astuple(record)
    journal = list(after["merge_changes"].values())
    gone = {
        each.changed_table + "/" + key for each in journal if not each.theirs_after for key in [_key(each)]
    }
    for table in OWN:
        lost = before[table].keys() - after[table].keys()
        assert {f"{table}/{key}" for key in lost} <= gone
        assert after[table].keys() <= before[table].keys()
    assert points(before) == points(after)
    assert after["verdicts"] == before["verdicts"]
    foretold = {
        (each.table, each.field): each.count for each in plan.moves if each.count and not each.combined
    }
    moved = {(each.table, each.field): each.count for each in done.moved}
    for place, count in foretold.items():
        if place[0] not in {each.changed_table for each in journal}:
            assert moved[place] == count


def _key(change: Any) -> str:
    return str(json.loads(change.theirs_before)["id"])


@given(graphs)
@example(
    graph={
        "visits": [],
        "purses": [],
        "passports": [],
        "friends": [(0, 0), (0, 1), (1, 0), (1, 1)],
        "verdicts": [],
    }
)
@settings(max_examples=60)
def test_an_undo_is_the_identity(graph: Graph) -> None:
    """Merged and undone, every record of every table is as it was, both customers byte for byte."""
    house, (survivor, loser, *_) = open_shop(graph)
    before = stored_rows(house.loyalty)
    undone = house.desk.merging.undo(merge(house, survivor.id, loser.id).id)
    after = stored_rows(house.loyalty)
    assert undone.conflicts == ()
    assert bare(after) == bare(before)
    assert after["customers"][loser.id] == before["customers"][loser.id]
    assert not any(after[each] for each in ("merge_moves", "merge_changes", "aliases"))
    mine = {key: each for key, each in after["activities"].items() if key in before["activities"]}
    assert bare({"activities": mine}, without=()) == bare({"activities": before["activities"]}, without=())


@given(graphs)
@settings(max_examples=40)
def test_the_direction_makes_no_difference_to_what_is_there(graph: Graph) -> None:
    """Whichever of two survives has the same records and points afterwards."""
    ends = []
    for first, second in ((0, 1), (1, 0)):
        house, people = open_shop(graph)
        merge(house, people[first].id, people[second].id)
        rows = stored_rows(house.loyalty)
        one = people[first].id
        ends.append(
            (
                {key for key, each in rows["visits"].items() if each.customer_id == one},
                {each.program: each.points for each in rows["purses"].values() if each.customer_id == one},
                sum(each.customer_id == one for each in rows["friends"].values()),
                len(rows["passports"]),
            )
        )
    assert ends[0] == ends[1]


@given(graphs, st.permutations([0, 1, 2]))
@settings(max_examples=40)
def test_chains_are_followed_and_taken_apart(graph: Graph, order: list[int]) -> None:
    """Through any chain every old id answers with somebody alive, in one step; undone backwards, all is as before."""
    house, people = open_shop(graph)
    ids = [people[number].id for number in order]
    before = stored_rows(house.loyalty)
    first = merge(house, ids[1], ids[0])
    second = merge(house, ids[2], ids[1])
    for each in ids:
        assert house.desk.customers.get(each).id == ids[2]
        assert house.desk.customers.by_number(before["customers"][each].number).id == ids[2]
    house.desk.merging.undo(second.id)
    house.desk.merging.undo(first.id)
    assert bare(stored_rows(house.loyalty)) == bare(before)


@given(graphs)
@example(
    graph={"visits": [], "purses": [], "passports": [], "friends": [(0, 1), (0, 0), (1, 0)], "verdicts": []}
)
@settings(max_examples=40)
def test_the_order_of_merges_makes_no_difference(graph: Graph) -> None:
    """Whether c goes into b first or into a, in the end a has the same records and points."""
    ends = []
    for pairs in (((0, 1), (0, 2)), ((1, 2), (0, 1))):
        house, people = open_shop(graph)
        for survivor, loser in pairs:
            merge(house, people[survivor].id, people[loser].id)
        rows = stored_rows(house.loyalty)
        a = people[0].id
        assert {each.customer_id for each in rows["aliases"].values()} == {a}
        ends.append(
            (
                {key for key, each in rows["visits"].items() if each.customer_id == a},
                {each.program: each.points for each in rows["purses"].values() if each.customer_id == a},
                sum(each.customer_id == a for each in rows["friends"].values()),
            )
        )
    assert ends[0] == ends[1]


@given(graphs, st.lists(st.tuples(person, st.text(max_size=3)), max_size=4))
@settings(max_examples=40)
def test_later_edits_outlive_an_undo(graph: Graph, edits: list[tuple[int, str]]) -> None:
    """Edits of fields that the merge did not touch are there after an undo, as if they had been made without it."""
    ends = []
    for merges in (True, False):
        house, people = open_shop(graph)
        done = merge(house, people[0].id, people[1].id) if merges else None
        rows = stored_rows(house.loyalty)
        with house.loyalty.session("host").transaction() as unit:
            visits = list(rows["visits"].values())
            for place, text in edits:
                if visits:
                    seen = unit.get(Visit, visits[place % len(visits)].id)
                    unit.save(attrs.evolve(seen, text=f"edited {text}".replace("\0", "")))
        house.desk.customers.change(people[0].id, notes="edited")
        if done is not None:
            assert house.desk.merging.undo(done.id).conflicts == ()
        texts = {key: each.text for key, each in stored_rows(house.loyalty)["visits"].items()}
        ends.append((texts, house.desk.customers.get(people[0].id).notes, len(rows["visits"])))
    assert ends[0] == ends[1]


RICH: Final[Graph] = {
    "visits": [(0, 1), (1, 0), (1, None), (2, 1), (1, 1)],
    "purses": [(0, "a", 3), (1, "a", 4), (1, "b", 5)],
    "passports": [0, 1],
    "friends": [(0, 2), (1, 2), (2, 0), (2, 1), (0, 1), (1, 0)],
    "verdicts": [1],
}


@pytest.mark.every_engine
def test_every_storage_merges_and_undoes_alike(storage: Storage) -> None:
    """What one statement does on an engine is what the portable way does record by record."""
    house, (survivor, loser, *_) = open_shop(RICH, storage)
    model, (model_survivor, model_loser, *_) = open_shop(RICH)
    names = {survivor.id: "one", loser.id: "two", model_survivor.id: "one", model_loser.id: "two"}
    before = stored_rows(house.loyalty)
    done = merge(house, survivor.id, loser.id)
    merge(model, model_survivor.id, model_loser.id)
    assert _named(stored_rows(house.loyalty), names) == _named(stored_rows(model.loyalty), names)
    house.desk.merging.undo(done.id)
    assert bare(stored_rows(house.loyalty)) == bare(before)


def _named(rows: dict[str, dict[str, Any]], names: dict[str, str]) -> Any:
    tables = ("visits", "purses", "passports", "verdicts")
    return {
        table: {
            key: {name: names.get(str(value), value) if name != "customer_id" else _former(value, names) for name, value in attrs.asdict(each).items()}
            for key, each in rows[table].items()
        }
        for table in tables
    }  # fmt: skip


def _former(value: str, names: dict[str, str]) -> str:
    for each, name in names.items():
        value = value.replace(each, name)
    return value if value in {"one", "two", "former of pp1"} else "other"
