"""What becomes of rows with faults: left out, shown, written into a file, mended, and imported again."""

import csv
import io

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.import_report import LONGEST_VALUE, DroppedField
from tests.house import build_house

HEADER = "Kd-Nr;Vorname;Nachname;E-Mail;Telefon;PLZ;Ort;Geburtsdatum;Hut"

# By column of the header: a cell that is right, and ways to get it wrong.
CELLS = {
    1: ("Erika", ["Eri\x07ka", "x" * 81]),
    2: ("Muster", ["", "-", "y" * 81]),
    3: ("=me@example.org", ["no address", "@", "+a@b@c"]),
    4: ("+49 30 1234567", ["12", "4,91E+11", "030 1 oder 2"]),
    5: ("01067", ["106", "x", "=1+1"]),
    7: ("12.08.1964", ["31.02.1980", "bald", "-1"]),
}


def row(number, wrong):
    """The cells of a row, with wrong ones by column."""
    cells = [str(number), "", "", "", "", "", "Ulm; am Fluss", "", "=CMD()"]
    for place, (right, _) in CELLS.items():
        cells[place] = wrong.get(place, right)
    cells[3] = cells[3].replace("me", f"k{number}") if 3 not in wrong else cells[3]
    return cells


def table(rows, header=HEADER):
    """A file in memory."""
    text = io.StringIO()
    text.write(f"{header}\r\n")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def everybody(house):
    """All customers but for ids and instants, by number."""
    return {
        each.number: (each.display_name, each.email, each.phones, each.addresses, each.birth_date)
        for each in house.desk.customers.find(limit=500).items
    }


def rejected_of(house, data, **settings):
    """The report, and the file of rejected rows."""
    stream = io.BytesIO()
    return house.desk.customers.import_file([data], rejected_to=stream, **settings), stream.getvalue()


def cells_of(data):
    """The records of a file of rejected rows."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


wrongs = st.fixed_dictionaries(
    {}, optional={place: st.sampled_from(bad) for place, (_, bad) in CELLS.items()}
)


@given(st.lists(wrongs, min_size=1, max_size=8), st.integers(1, 9))
def test_rejected_rows_that_are_mended_give_everybody_once(rows, size):
    """Whatever was wrong, what is mended and imported again completes the import to that of a file without faults."""
    house, whole = build_house(), build_house()
    whole.desk.customers.import_file([table([row(n, {}) for n in range(len(rows))])])
    report, rejected = rejected_of(
        house, table([row(n, wrong) for n, wrong in enumerate(rows)]), batch_size=size
    )
    header, *found = cells_of(rejected)
    assert header[1:] == HEADER.split(";")
    assert [int(cells[1]) for cells in found] == [n for n, wrong in enumerate(rows) if wrong]
    assert report.rejected_rows == len(found)
    again, same = rejected_of(house, rejected)
    assert (again.added, again.ignored_columns) == (0, report.ignored_columns)
    assert [cells[1:] for cells in cells_of(same)] == [cells[1:] for cells in [header, *found]]
    mended = table([[cells[0], *row(int(cells[1]), {})] for cells in found], ";".join(header))
    assert house.desk.customers.import_file([mended]).rejected == ()
    assert house.desk.customers.import_file([mended]).added == 0
    assert everybody(house) == everybody(whole)


@given(st.lists(wrongs, min_size=1, max_size=8))
def test_no_cell_of_a_rejected_file_is_a_formula(rows):
    """A spreadsheet that opens the file calculates nothing and drops no digit."""
    _, rejected = rejected_of(build_house(), table([row(n, wrong) for n, wrong in enumerate(rows)]))
    for cell in (cell for cells in cells_of(rejected) for cell in cells):
        assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}
        assert not (cell.isdigit() and cell[0] == "0" and len(cell) > 1)


@given(st.lists(wrongs, min_size=1, max_size=8))
def test_a_lenient_import_takes_each_row_without_its_faulty_fields(rows):
    """Every row with a name is added; what is missing is in the report, with its column, and nothing else is missing."""
    house = build_house()
    report = house.desk.customers.import_file(
        [table([row(n, wrong) for n, wrong in enumerate(rows)])], lenient=True
    )
    headers = HEADER.split(";")
    named = {n: wrong for n, wrong in enumerate(rows) if 2 not in wrong}
    expected = {(n + 2, headers[place]) for n, wrong in named.items() for place in wrong}
    assert {(fault.line, fault.column) for fault in report.dropped} == expected
    assert (report.added, report.dropped_fields) == (len(named), len(report.dropped))
    found = everybody(house)
    for n, wrong in named.items():
        name, email, phones, (address,), born = found[str(n)]
        assert (name == "Muster", email == "", phones == (), born is None) == (
            1 in wrong,
            3 in wrong,
            4 in wrong,
            7 in wrong,
        )
        assert (address.postal_code, address.city) == ("" if 5 in wrong else "01067", "Ulm; am Fluss")


@pytest.mark.parametrize(
    "cells",
    ["M;1,5E+11;;;", "M;;1,5E+11;;", ";;;;", "M;;;Atlantis;030 1234567", "x;;;;;x", "x;;"],
)
def test_a_lenient_import_invents_nobody(cells):
    """Without a name, with a number that is not the row's, or with a phone of an unknown country nobody is added."""
    header = "Nachname;Kd-Nr;externe Nummer;Land;Telefon\n"
    report = build_house().desk.customers.import_file([f"{header}A;;;;\n{cells}\n".encode()], lenient=True)
    assert (report.added, report.dropped) == (1, ())


def test_a_lenient_import_drops_a_country_that_nothing_depends_on():
    """A country alone is no part of an address, so the row does without it."""
    data = b"Nachname;Land;Telefon\nM;Atlantis;\n"
    told = []
    report = build_house().desk.customers.import_file([data], lenient=True, on_dropped=told.append)
    (fault,) = report.dropped
    assert (report.added, told) == (1, [fault])
    assert fault == DroppedField(2, "Land", "bad_country", fault.message, "Atlantis")


@given(st.text(min_size=1))
def test_a_fault_shows_the_cell_on_one_line(cell):
    """Whatever stands in a cell, the report shows it bounded and without a character that could fake another line."""
    data = table([["1", cell]], "Kd-Nr;Geburtsdatum").replace(b"\x00", b"")
    for fault in build_house().desk.customers.import_file([data]).rejected:
        assert fault.value.isprintable()
        assert fault.text.isprintable()
        assert len(fault.value) <= 10 * LONGEST_VALUE + 1


def test_rows_that_are_no_rows_stay_rejected_until_somebody_mends_them():
    """Too few cells, too many, and lines that cannot be cut are written so that no import takes them as they are."""
    data = b'Nachname;Ort;Hut\nA;\nB;Ulm;1;2\n"C;Ulm;3\nD;Ulm;4\n\x81;Ulm;4\n'
    house = build_house()
    report, rejected = rejected_of(house, data)
    assert (report.added, report.rejected_rows) == (1, 4)
    again, same = rejected_of(house, rejected)
    assert (again.added, again.rejected_rows) == (0, 4)
    assert len(cells_of(same)) == len(cells_of(rejected))


@pytest.mark.parametrize("columns", [1, 2])
def test_a_line_that_cannot_be_cut_is_never_taken_for_a_name(columns):
    """Also in a table of one column, where the line would fit into it."""
    house = build_house()
    _, rejected = rejected_of(house, b'Nachname;Ort\n"C;\n' if columns == 2 else b'Nachname\n"C\n')
    assert rejected_of(house, rejected)[0].added == 0


def test_a_file_of_rejected_rows_replaces_none(tmp_path, memory_house):
    """The file is made, or the import does not begin: nobody's mended rows are overwritten."""
    path = tmp_path / "rejected.csv"
    data = b"Kd-Nr;Nachname\n1;Muster\n2;\n"
    assert memory_house.desk.customers.import_file([data], rejected_to=path).added == 1
    before = path.read_bytes()
    assert len(cells_of(before)) == 2
    with pytest.raises(FileExistsError):
        memory_house.desk.customers.import_file([b"Nachname\nHuber\n"], rejected_to=str(path))
    assert (path.read_bytes(), memory_house.desk.customers.count()) == (before, 1)


def test_a_number_of_somebody_else_is_rejected_into_the_file(memory_house):
    """What only the storage knows is a reason like any other, in a dry run too."""
    memory_house.desk.customers.import_file([b"Kd-Nr;Nachname\n1;Muster\n"])
    for dry_run in (True, False):
        _, rejected = rejected_of(memory_house, b"Kd-Nr;Nachname\n1;Huber\n", dry_run=dry_run)
        (_, cells) = cells_of(rejected)
        assert cells[1:] == ["1", "Huber"]
        assert "number_taken" in cells[0]
