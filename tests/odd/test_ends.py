"""Messages, keys, records and files have an end, and what is beyond it is counted or refused by name."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import given, strategies as st

from loyaltycore import Capability, InvalidInput, KeyReused, NotFound, Refused, Service, command
from loyaltycore.cli import main
from loyaltycore.errors import LONGEST_KEY, LONGEST_MESSAGE, MOST_FAULTS, Fault, LoyaltyError
from loyaltycore.kernel.validation import Faults
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import RecordType
from tests.house import House, build_house, dump
from tests.odd.values import ODD


@given(st.integers(1, 3 * MOST_FAULTS), st.integers(0, 100))
def test_of_very_many_faults_the_first_are_kept_and_the_rest_are_counted(count: int, length: int) -> None:
    """Nothing is lost: kept and counted together are all, in the error, in its words and in a copy of it."""
    faults = [Fault(f"rows[{number}]", "wrong", "x" * length) for number in range(count)]
    error = InvalidInput(faults)
    assert [*error.faults] == faults[:MOST_FAULTS]
    assert error.more == count - len(error.faults)
    assert len(str(error)) <= LONGEST_MESSAGE
    *shown, last = str(error).split("; ")
    told = len(shown) + 1 if last.startswith("rows[") else len(shown) + int(last.split()[1].replace(",", ""))
    assert told == count
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  our own bytes
        assert (again.faults, again.more, str(again)) == (error.faults, error.more, str(error))


@pytest.mark.parametrize(
    "make",
    [
        LoyaltyError,
        lambda text: InvalidInput([Fault(text, text, text)]),
        lambda text: NotFound("customer", text),
        lambda text: Refused("x.y", text, remedy=text),
        lambda text: KeyReused(text, text),
    ],
)
def test_no_error_repeats_a_long_text_as_a_whole(make: Callable[[str], LoyaltyError]) -> None:
    """What somebody gave may be of any length; what is said about it is not."""
    assert len(str(make("x" * 1_000_000))) <= LONGEST_MESSAGE
    assert "x" * 100 in str(make("x" * 100))


def test_a_key_that_was_not_found_is_cut(memory_house: House) -> None:
    """A key of any length finds nothing, and the error is as short as for any other."""
    with pytest.raises(NotFound) as missed:
        memory_house.desk.customers.get("k" * 1_000_000)
    assert missed.value.key == "k" * (LONGEST_KEY - 1) + "\u2026"


def test_so_many_unknown_names_are_one_error(memory_house: House) -> None:
    """A hundred thousand faults of one call: a hundred named, the others counted, nothing kept."""
    before = dump(memory_house.loyalty)
    with pytest.raises(InvalidInput) as refused:
        memory_house.desk.customers.create(**{f"field{number}": 1 for number in range(100_000)})
    assert len(refused.value.faults) == MOST_FAULTS
    assert refused.value.more == 100_000 + 1 - MOST_FAULTS  # and the last name is missing
    assert str(refused.value).endswith(" more")
    assert dump(memory_house.loyalty) == before


@frozen
class Slip:
    """A record of a host, which holds anything."""

    id: str
    facts: dict[str, Any] = field(factory=dict)
    version: int = 1


class Slips(Service):
    """Keeps slips."""

    @command("slips.keep")
    def keep(self, facts: Any) -> Slip:
        """Keep one without looking at it."""
        slip = Slip(self.unit.ids.new(), facts)
        self.unit.add(slip)
        return slip

    @command("slips.copy")
    def copy(self, ticket: Any) -> Slip:
        """Keep what a ticket says."""
        return self.keep({"number": ticket.number})


SLIPS: Final = Capability(name="slips", service=lambda: Slips, records=(RecordType(cls=Slip, table="slips"),))


@pytest.mark.every_engine
@pytest.mark.parametrize(
    "name", ["deep mapping", "mapping of itself", "huge number", "instant of a hostile zone"]
)
def test_what_cannot_be_written_down_is_refused_by_every_storage(storage: Any, name: str) -> None:
    """A service of a host that checks nothing still gets a typed error that names the field, and nothing is kept."""
    house = build_house(storage, capabilities=[SLIPS])
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as refused:
        house.desk.service(Slips).keep({"given": ODD[name]()})
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("facts", "bad_document")]
    assert dump(house.loyalty) == before


class Ticket:
    """A value of a host that describes itself by what it holds."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"Ticket({self.number})"


def test_a_key_is_for_what_can_be_recognised_again() -> None:
    """The same contents are the same call, others are not, and what has only an address is refused by its name."""
    house = build_house(MemoryStorage(), capabilities=[SLIPS])
    slips = house.desk.keyed("k").service(Slips)
    for odd in (object(), (number for number in (1,)), lambda: 1, [object()], {"a": [iter("b")]}):
        with pytest.raises(InvalidInput) as refused:
            slips.keep(odd)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [("facts", "not_plain")]
    with pytest.raises(InvalidInput) as refused:  # it was recognised, but the storage cannot keep it
        slips.keep({"a": Ticket(1)})
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("facts", "bad_document")]
    assert slips.copy(Ticket(1)) == slips.copy(Ticket(1))
    with pytest.raises(KeyReused):
        slips.copy(Ticket(2))
    assert [slip.facts for slip in dump(house.loyalty)["slips"]] == [{"number": 1}]


CONFIGS: Final[Mapping[str, tuple[str, str]]] = {
    "nested lists": ("x = " + "[" * 5000, "is nested too deep"),
    "nested tables": ("[storage]\nuse = 'memory'\n" + "a." * 500 + "b = 1", "is nested deeper than 20"),
    "a number without an end": ("x = " + "1" * 5000, "is no TOML"),
    "a file without an end": ("# " + "x" * 1_000_001, "is longer than 1,000,000 characters"),
    "very many sections": ("".join(f"[s{number}]\n" for number in range(500)), "and 401 more"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_has_an_end(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Depth, length and number of faults: one line for each of the first hundred, and no traceback."""
    text, words = CONFIGS[name]
    path = tmp_path / "loyaltycore.toml"
    path.write_text(text, "utf-8")
    assert main(["--config", str(path), "status"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) <= MOST_FAULTS + 1


IMPORTS: Final[Mapping[str, Any]] = {
    "delimiter": ";;",
    "encoding": "klingon",
    "columns": {"Name": "shoe_size"},
    "batch_size": 10**30,
    "default_country": "Germany",
    "on_progress": "print",
    "on_rejected": 7,
    "on_skipped": [],
    "dry_run": "yes",
    "phone_notes": 1,
    "lenient": "yes",
    "complete": 0,
    "rejected_to": "\0",
    "on_dropped": "print",
}


def test_an_import_is_refused_before_its_file_is_opened(memory_house: House, tmp_path: Path) -> None:
    """Each wrong argument alone, and all of them at once, although there is no such file."""
    missing = tmp_path / "missing.csv"
    for name, odd in IMPORTS.items():
        with pytest.raises(InvalidInput) as refused:
            memory_house.desk.customers.import_file(missing, **{name: odd})
        assert {fault.partition("[")[0] for fault in refused.value.fields} == {name}
    with pytest.raises(InvalidInput) as refused:
        memory_house.desk.customers.import_file("a\0b", **IMPORTS)
    assert {fault.partition("[")[0] for fault in refused.value.fields} == {"source", *IMPORTS}


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", "\r", '"', "\0", " ", "a", "7", "\ud800", 7, b";"])
def test_what_cannot_part_fields_is_no_delimiter(memory_house: House, delimiter: Any) -> None:
    """Two characters, a line break, a quote, NUL, half a character, a letter: no file can be read with it."""
    with pytest.raises(InvalidInput) as refused:
        memory_house.desk.customers.import_file([b"last_name\nMuster\n"], delimiter=delimiter)
    assert refused.value.fields == ("delimiter",)
    assert memory_house.desk.customers.count() == 0


def _nothing_but_empty() -> Iterator[bytes]:
    while True:
        yield b""


def test_a_stream_that_gives_nothing_ends(memory_house: House) -> None:
    """Portions may be empty, but not for ever; however many others there are is nobody's business."""
    with pytest.raises(InvalidInput) as refused:
        memory_house.desk.customers.import_file(_nothing_but_empty())
    assert refused.value.codes == {"no_end"}


@given(st.text(), st.integers(0, 30))
def test_a_very_long_text_is_refused_unread(text: str, limit: int) -> None:
    """Reading a text costs no more than its limit is worth, and a fault is a fault either way."""
    faults = Faults()
    assert faults.text("x", text + "a" * (4 * limit + 1001), limit=limit) == ""
    assert [fault.code for fault in faults.found] == ["too_long"]


def test_the_json_form_of_a_condition_has_an_end(memory_house: House) -> None:
    """As text and as data: depth, length, digits; nothing is looked at beyond it."""
    selections = memory_house.desk.selections
    for odd in (ODD["deep JSON"](), ODD["deep mapping"](), json.dumps({"kind": "all_of"})[:-1] + "1" * 5000):
        with pytest.raises(InvalidInput):
            selections.count(odd)
