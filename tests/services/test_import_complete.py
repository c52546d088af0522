"""Completing those whom an import knows already: only what is empty, only if it is asked for, whatever the batches."""

from hypothesis import given, strategies as st

from tests.house import build_house
from tests.services.test_import_laws import files

HEADER = "Kd-Nr;Nachname;Vorname;Titel;E-Mail;Telefon;Ort;Geburtsdatum;Werbung E-Mail;Datenschutz;Bemerkung"
sizes = st.integers(1, 15)
OPEN = ("number", "kind", "last_name", "first_name", "company", "external_number")
cells = st.tuples(
    st.sampled_from(["1", "2", "3", ""]),
    st.just("Muster"),
    st.sampled_from(["", "Ina"]),
    st.sampled_from(["", "Dr."]),
    st.sampled_from(["", "a@example.org", "b@example.org"]),
    st.sampled_from(["", "030 1111111", "030 2222222"]),
    st.sampled_from(["", "Ulm", "Bonn"]),
    st.sampled_from(["", "01.01.1950", "01.01.1980"]),
    st.sampled_from(["", "ja", "nein"]),
    st.sampled_from(["", "ja"]),
    st.sampled_from(["", "kommt gern"]),
).map(";".join)
tables = st.lists(cells, max_size=10).map(lambda rows: "\n".join([HEADER, *rows]).encode())


def facts(customer):
    """Everything about a customer but for id, instant and version."""
    left = {"id", "created_at", "version"}
    return {name: getattr(customer, name) for name in type(customer).__annotations__ if name not in left}


def everybody(house):
    """All customers, by number."""
    return {each.number: facts(each) for each in house.desk.customers.find(limit=500).items}


def imported(house, data, **settings):
    """The report without ids."""
    report = house.desk.customers.import_file([data], **settings)
    skipped = [(row.line, row.by, row.number, row.completed) for row in report.duplicates]
    return report.rows, report.added, report.skipped, report.completed, report.rejected, skipped


@given(tables | files, tables | files, sizes, sizes)
def test_the_batches_make_no_difference(data, earlier, one, other):
    """Whoever is completed by a row is recognised by it in the next one, in the same batch and in a later one."""
    first, second = build_house(), build_house()
    for house in (first, second):
        imported(house, earlier)
    assert imported(first, data, batch_size=one, complete=True) == imported(
        second, data, batch_size=other, complete=True
    )
    assert everybody(first) == everybody(second)


@given(tables, tables, sizes)
def test_what_is_there_never_changes(data, earlier, size):
    """A field that held something holds it afterwards, and the fields that were filled are those of the report."""
    house = build_house()
    imported(house, earlier)
    before = everybody(house)
    *_, skipped = imported(house, data, batch_size=size, complete=True)
    after = everybody(house)
    for number, had in before.items():
        filled = {name for _, _, known, names in skipped if known == number for name in names}
        for name, value in had.items():
            if name in OPEN or (
                value not in ("", None, (), {}, False) and getattr(value, "value", "") != "open"
            ):
                assert after[number][name] == value
            elif name in after[number] and name in {"title", "email", "phones", "notes", "birth_date"}:
                assert (after[number][name] != value) is (name in filled)


@given(tables, tables, sizes)
def test_a_dry_run_foretells_who_is_completed(data, earlier, size):
    """The report is that of the import to come, and nobody is changed."""
    house = build_house()
    imported(house, earlier)
    before = everybody(house)
    foretold = imported(house, data, batch_size=size, complete=True, dry_run=True)
    assert everybody(house) == before
    assert foretold == imported(house, data, batch_size=size, complete=True)


@given(tables, sizes)
def test_completing_again_changes_nothing(data, size):
    """What a file could fill it has filled, and no version goes up for nothing."""
    house = build_house()
    imported(house, data, complete=True)
    imported(house, data, complete=True)
    before = everybody(house)
    assert imported(house, data, batch_size=size, complete=True)[3] == 0
    assert everybody(house) == before


def test_nobody_is_completed_unasked():
    """By itself an import changes nobody; asked for, the change is an activity with what was filled."""
    house = build_house()
    imported(house, b"Kd-Nr;Nachname\n1;Muster\n")
    data = b"Kd-Nr;Nachname;Titel;custom.x\n1;Muster;Dr.;\n"
    assert imported(house, data)[3] == 0
    assert everybody(house)["1"]["title"] == ""
    assert imported(house, data, complete=True)[5] == [(2, "number", "1", ("title",))]
    customer = house.desk.customers.by_number("1")
    last, *_ = house.desk.activities.of_customer(customer.id).items
    assert (last.action, [change.field for change in last.changes]) == ("customer.changed", ["title"])
