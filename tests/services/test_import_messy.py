"""Importing what programs export: what only a whole column says, fields of the host, and cells that hold more than one thing."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from loyaltycore.kernel.custom_fields import CustomField, FieldKind
from tests.house import build_house


def imported(data, *, house=None, **settings):
    """A house into which a file was imported, and the report."""
    house = house or build_house()
    return house, house.desk.customers.import_file([data.encode()], **settings)


def everybody(house):
    """All customers by number."""
    return {customer.number: customer for customer in house.desk.customers.find(limit=500).items}


@given(st.integers(1, 4), st.permutations(["23601", "23602,0", "12. August 1964", "", "k.A."]))
def test_a_column_of_serial_numbers_is_read_whatever_the_batches(size, cells):
    """What the column says does not depend on how the file is cut, nor on the order of its rows."""
    rows = "".join(f"{i};M{i};{cell}\n" for i, cell in enumerate(cells))
    house, report = imported(f"Kd-Nr;Name;Geburtsdatum\n{rows}", batch_size=size)
    assert report.rejected == ()
    days = {"23601": date(1964, 8, 12), "23602,0": date(1964, 8, 13), "12. August 1964": date(1964, 8, 12)}
    assert [everybody(house)[str(i)].birth_date for i in range(5)] == [days.get(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "taken"), [(["1067", "10969"], ["01067", "10969"]), (["1067", "01069"], ["01069"])]
)
def test_postal_codes_are_completed_only_in_a_column_that_lost_its_zeros(cells, taken):
    """Beside codes that have kept their zero, four digits are no German code, and the row says so."""
    rows = "".join(f"M{i};{cell};Dresden\n" for i, cell in enumerate(cells))
    house, report = imported(f"Name;PLZ;Ort\n{rows}")
    found = [customer.postal_code for customer in house.desk.customers.find().items]
    assert (found, {row.code for row in report.rejected}) == (
        taken,
        {"bad_postal_code"} if len(taken) < len(cells) else set(),
    )


def test_columns_fill_fields_of_the_host():
    """A column is mapped to a field that the host declared, and read by its kind."""
    fields = [CustomField("umsatz", FieldKind.INTEGER), CustomField("stufe", "choice", choices=("Gold",))]
    house, report = imported(
        "Kd-Nr;Name;Umsatz EUR;custom.stufe\n1;Muster;1.234,00;gold\n2;Huber;viel;\n",
        house=build_house(custom_fields=fields),
        columns={"Umsatz EUR": "custom.umsatz"},
    )
    assert everybody(house)["1"].custom == {"stufe": "Gold", "umsatz": 1234}
    assert [(row.column, row.code) for row in report.rejected] == [("Umsatz EUR", "bad_integer")]


def test_a_fault_names_the_column_of_several_that_it_is_in():
    """The second column of phones is called as the file calls it."""
    _, report = imported("Name;Telefon;Telefon 2\nMuster;030 1234567;12\n")
    assert [(row.column, row.code) for row in report.rejected] == [("Telefon 2", "bad_phone")]


def test_words_beside_a_phone_are_kept_where_that_is_asked_for():
    """The row is taken with its number, and the words stand in the notes under the name of the column."""
    data = "Kd-Nr;Name;Handy\n1;Muster;0170 1234567 (Tochter)\n"
    assert imported(data)[1].rejected_rows == 1
    house, report = imported(data, phone_notes=True)
    assert report.added == 1
    assert everybody(house)["1"].notes == "Handy: 0170 1234567 (Tochter)"


@given(st.lists(st.integers(1, 46_000), max_size=4), st.booleans())
def test_a_rejected_row_keeps_the_day_that_its_column_had_shown(tmp_path_factory, days, mended):
    """Alone in the file of rejected rows, a number would no longer show that it is a day."""
    cells = ["23601", *map(str, days)]
    rows = "".join(f"{i};M{i};{cell};{'' if i == 0 else 'Oma'}\n" for i, cell in enumerate(cells))
    path = tmp_path_factory.mktemp("rejected") / "rejected.csv"
    house, report = imported(f"Kd-Nr;Name;Geburtsdatum;Telefon\n{rows}", rejected_to=path)
    whole, _ = imported(f"Kd-Nr;Name;Geburtsdatum;Telefon\n{rows.replace('Oma', '')}")
    if report.rejected_rows and mended:
        house.desk.customers.import_file([path.read_bytes().replace(b";Oma", b";")])
        known = {number: each.birth_date for number, each in everybody(whole).items()}
        assert known.items() <= {n: each.birth_date for n, each in everybody(house).items()}.items()
