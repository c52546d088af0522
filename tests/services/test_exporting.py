"""Exporting a customer: all that is stored, nobody else's data, and an archive that does no harm."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import Capability
from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import InvalidInput, NotFound
from loyaltycore.privacy import FILES_OF, CustomerExport, ExportedFile, export_schema, read_export
from loyaltycore.privacy.reading import MOST_FILES
from loyaltycore.privacy.rules.export import DOCUMENT, place_of
from loyaltycore.storing.codec import from_data, to_data
from loyaltycore.storing.registry import Registry
from tests.docs.pages import ROOT
from tests.house import House, build_house, dump
from tests.services.relations import RELATIONS, Visit, add
from tests.services.test_merging_laws import merge

SCHEMA = ROOT / "docs" / "reference" / "customer-export.schema.json"


def export(house: House, customer_id: str) -> bytes:
    """The archive."""
    stream = io.BytesIO()
    house.desk.privacy.export(customer_id, to=stream)
    return stream.getvalue()


def document(archive: bytes) -> dict[str, Any]:
    """The document in it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return dict(json.loads(opened.read(DOCUMENT)))


def shop(*files: tuple[str, bytes]) -> House:
    """A shop whose host keeps files of its customers."""

    def files_of(_: Any, customer: Customer) -> Iterator[ExportedFile]:
        for name, content in files:
            yield ExportedFile(name, "text/plain", lambda content=content: [content, customer.id.encode()])

    def adds(_: Any) -> Iterable[Any]:
        return [files_of]

    return build_house(capabilities=[RELATIONS, Capability(name="files", adds=(FILES_OF.by(adds),))])


def test_the_profile_is_json() -> None:
    """F203: the document has the customer and every record, as the schema says that is published; and reads back."""
    house = shop()
    house.set_up_cards()
    person = house.customer(notes="Grüße <b> =1+1")
    house.desk.cards.order(person.id, template="gold")
    archive = export(house, person.id)
    data = document(archive)
    jsonschema.validate(data, export_schema(house.loyalty.registry))
    assert [from_data(each, Customer) for each in data["records"]["customers"]] == [person]
    assert len(data["records"]["cards"]) == len(data["records"]["card_orders"]) == 1
    assert [each["action"] for each in data["records"]["activities"]] == [
        "customer.created",
        "card_order.placed",
    ]
    read = read_export(io.BytesIO(archive))
    assert to_data(read) == data
    assert from_data(to_data(read), CustomerExport) == read


def test_the_published_schema_is_fresh() -> None:
    """What lies in the documentation is what the library's own records make today."""
    fresh = export_schema(Registry(core_record_types()))
    assert json.loads(SCHEMA.read_text("utf-8")) == fresh
    jsonschema.Draft202012Validator.check_schema(fresh)


def test_all_files_are_in_it() -> None:
    """F204: every file that a capability gives lies in the archive under a plain name, and is listed with its hash."""
    house = shop(("Brief.pdf", b"one"), ("Brief.pdf", b"two"), ("../../etc/passwd", b"three"))
    person = house.customer()
    archive = export(house, person.id)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = opened.namelist()
        assert names == ["files/0001-Brief.pdf", "files/0002-Brief.pdf", "files/0003-passwd", DOCUMENT]
        assert opened.read(names[1]) == b"two" + person.id.encode()
    listed = document(archive)["files"]
    assert [(each["path"], each["name"]) for each in listed][2] == ("files/0003-passwd", "../../etc/passwd")
    assert listed[0]["size"] == 3 + len(person.id)


def test_predecessors_are_in_it_and_nobody_else() -> None:
    """What was merged into a customer belongs to it; other customers' ids do not, not even in the feed."""
    house = shop()
    person, double, other = (
        house.customer(),
        house.customer(first_name="Erica"),
        house.customer(email="o@example.org"),
    )
    add(house.loyalty, Visit("v1", double.id, other.id, "text"), Visit("v2", other.id, person.id, "theirs"))
    merge(house, person.id, double.id)
    archive = export(house, double.id)
    data = document(archive)
    assert (data["customer_id"], data["former_ids"]) == (person.id, [double.id])
    assert [each["first_name"] for each in data["predecessors"]] == ["Erica"]
    assert [each["id"] for each in data["records"]["visits"]] == ["v1"]
    assert data["records"]["visits"][0]["referrer_id"] is None
    text = json.dumps(data)
    assert other.id not in text
    assert "o@example.org" not in text


def test_whoever_was_parted_is_not_in_it_any_more() -> None:
    """What was written while another one was merged into the customer may be about that one; the rest is shown."""
    house = shop()
    person, other = house.customer(), house.customer(email="o@example.org")
    house.desk.customers.change(person.id, notes="before")
    house.clock.advance(hours=1)
    merging = house.desk.merging
    done = merging.execute(
        merging.plan(survivor=person.id, loser=other.id).take("email"), reason="o@example.org"
    )
    house.desk.customers.change(person.id, email="new@example.org")
    house.desk.customers.change(person.id, email="o@example.org")
    merging.undo(done.id)
    house.clock.advance(hours=1)
    house.desk.customers.change(person.id, notes="afterwards")
    records = document(export(house, person.id))["records"]
    feed = records["activities"]
    assert "o@example.org" not in json.dumps(records)
    assert other.id not in json.dumps(records)
    assert "customer.merged" in {each["action"] for each in feed}
    notes = [change["after"] for each in feed for change in each["changes"] if change["field"] == "notes"]
    assert notes == ["before", "afterwards"]


def test_secrets_are_not_in_it(house: House) -> None:
    """No field that is declared secret is shown, and no message with the links in it."""
    house.set_up_cards()
    person = house.customer()
    house.desk.cards.order(person.id, template="gold")
    data = document(export(house, person.id))
    for record_type in house.loyalty.registry:
        for record in data["records"].get(record_type.table, ()):
            assert not {*record_type.secret} & record.keys()
    assert "payload" not in data["records"]["outbox"][0]


@pytest.mark.every_engine
def test_an_export_changes_nothing_and_repeats(house: House) -> None:
    """The same moment gives the same archive, on every engine; nothing is written."""
    person = house.customer()
    before = dump(house.loyalty)
    assert export(house, person.id) == export(house, person.id)
    assert dump(house.loyalty) == before


def test_nothing_is_written_where_it_fails(house: House, tmp_path: Path) -> None:
    """An unknown customer leaves no file behind, and a file that is there is not overwritten."""
    path = tmp_path / "export.zip"
    with pytest.raises(NotFound):
        house.desk.privacy.export("nobody", to=path)
    assert not path.exists()
    person = house.customer()
    house.desk.privacy.export(person.id, to=path)
    assert read_export(path).customer_id == person.id
    with pytest.raises(FileExistsError):
        house.desk.privacy.export(person.id, to=str(path))
    for odd in (7, None, "", "a\0b"):
        with pytest.raises(InvalidInput):
            house.desk.privacy.export(person.id, to=odd)  # type: ignore[arg-type]  # on purpose


@given(st.text() | st.sampled_from(["..", "../x", "a/b", "C:\\x", "con.txt", " . ", "/etc/passwd", "x" * 300, "\x00", "\u202e.exe"]))  # fmt: skip
@settings(max_examples=100)
def test_a_file_never_leaves_its_folder(name: str) -> None:
    """Whatever a file is called, its place is one plain name below one folder, and short."""
    place = PurePosixPath(place_of(name, 1))
    assert place.parts[0] == "files"
    assert len(place.parts) == 2
    assert place.name.startswith("0001-")
    assert not {"\\", ":", "\0", "\n"} & set(place.name)
    assert len(place.name) < 120


def _archive(**members: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name.replace("__", "."), content)
    stream.seek(0)
    return stream


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, too much text, too deep, or no archive: refused with a code, and no more is unpacked than allowed."""
    monkeypatch.setattr("loyaltycore.privacy.reading.LARGEST_DOCUMENT", 1_000_000)
    deep = b"[" * 500_000
    for source, code in (
        (_archive(customer__json=b" " * 50_000_000), "too_large"),
        (_archive(customer__json=deep), "too_deep"),
        (_archive(customer__json=b"{"), "bad_json"),
        (_archive(customer__json=b"{}"), "bad_data"),
        (_archive(other__json=b"{}"), "bad_archive"),
        (_archive(**{f"f{number}": b"" for number in range(MOST_FILES + 1)}), "too_many"),
        (io.BytesIO(b"no archive"), "bad_archive"),
    ):
        with pytest.raises(InvalidInput) as caught:
            read_export(source)
        assert caught.value.faults[0].code == code
