"""Laws of the import, over files in which people, numbers and mistakes meet in every combination."""

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import StorageBusy
from tests.house import build_house

COLUMNS = "number;external_number;first_name;last_name;email;phone;street;birth_date"

# Few values, so that rows meet: most of them mean somebody who is in the file or in the storage already.
rows = st.tuples(
    st.sampled_from(["", "", "", "1", "2", "0000018", "0000026", "x" * 41]),
    st.sampled_from(["", "", "", "a", "b"]),
    st.sampled_from(["", "Max", "Ina"]),
    st.sampled_from(["Müller", "Mueller", "Muster", ""]),
    st.sampled_from(["", "", "a@example.org", "B@example.org", "no address"]),
    st.sampled_from(["", "", "030 1111111", "030 2222222"]),
    st.sampled_from(["", "", "Weg 1"]),
    st.sampled_from(["", "", "01.01.1950", "01.01.1980", "31.02.1980"]),
).map(";".join)
files = st.lists(rows, max_size=14).map(lambda lines: "\n".join([COLUMNS, *lines]).encode())
batch_sizes = st.integers(1, 15)


def imported(house, data, **settings):
    """Import, and tell who a duplicate is by number, since ids differ from run to run."""
    report = house.desk.customers.import_file([data], **settings)
    duplicates = tuple((row.line, row.by, row.number) for row in report.duplicates)
    return report.rows, report.added, report.skipped, report.rejected_rows, report.rejected, duplicates


def everybody(house):
    """All customers but for their ids."""
    found = house.desk.customers.find(limit=500).items
    return sorted(
        (c.number, c.external_number, c.display_name, c.email, c.phones, c.birth_date) for c in found
    )


def stored_numbers(house):
    """Number and version of everybody."""
    return [(customer.number, customer.version) for customer in house.desk.customers.find(limit=500).items]


@given(files, batch_sizes, batch_sizes)
def test_the_batches_make_no_difference(data, one, other):
    """Any two ways to cut a file into units of work give the same customers, numbers and report."""
    first, second = build_house(), build_house()
    assert imported(first, data, batch_size=one) == imported(second, data, batch_size=other)
    assert everybody(first) == everybody(second)


@given(files, batch_sizes, batch_sizes)
def test_a_second_import_adds_nobody(data, one, other):
    """Each row that added somebody is known afterwards, no other row adds anybody, and nobody is changed."""
    house = build_house()
    rows, added, _, _, rejected, duplicates = imported(house, data, batch_size=one)
    # A line without any content is passed over and is no row.
    filled = {number for number, line in enumerate(data.decode().splitlines(), 1) if line.strip(";")} - {1}
    assert len(filled) == rows
    lines = filled - {row.line for row in rejected} - {line for line, _, _ in duplicates}
    before = stored_numbers(house)
    _, added_again, _, _, _, known = imported(house, data, batch_size=other)
    assert (len(lines), added_again) == (added, 0)
    assert lines <= {line for line, _, _ in known}
    assert stored_numbers(house) == before


@given(files, files)
def test_every_row_is_added_skipped_or_rejected(data, earlier):
    """No row is lost: the counts add up to the rows, and to the customers there are."""
    house = build_house()
    imported(house, earlier)
    before = house.desk.customers.count()
    count, added, skipped, rejected, _, _ = imported(house, data)
    assert count == added + skipped + rejected
    assert house.desk.customers.count() == before + added


@given(files, files, batch_sizes)
def test_a_dry_run_foretells_the_import(data, earlier, size):
    """A dry run gives the report of the import to come, and adds nobody."""
    house = build_house()
    imported(house, earlier)
    before = stored_numbers(house)
    foretold = imported(house, data, batch_size=size, dry_run=True)
    assert stored_numbers(house) == before
    assert foretold == imported(house, data, batch_size=size)


@given(files, batch_sizes, st.integers(0, 14))
def test_an_import_that_broke_off_can_be_started_again(data, size, stop_at):
    """Broken off anywhere and started again, with other batches, it ends with the customers of a whole import."""

    def stop(progress):
        if progress.rows > stop_at:
            raise StorageBusy

    whole, broken = build_house(), build_house()
    imported(whole, data)
    try:
        imported(broken, data, batch_size=size, on_progress=stop)
    except StorageBusy:
        imported(broken, data, batch_size=size + 1)
    assert everybody(broken) == everybody(whole)


@pytest.mark.parametrize("size", [1, 3, 500])
def test_the_laws_hold_on_every_storage(house, size):
    """One file with every kind of meeting gives the model's answer on every engine."""
    lines = [
        ";;Max;Müller;;;;",
        ";a;Max;Muster;;;;",
        "2;;Ina;Muster;a@example.org;;;",
        ";;Max;Mueller;;;;01.01.1980",
    ]
    lines += [
        ";;Max;Mueller;;030 1111111;Weg 1;01.01.1950",
        ";b;Ina;Müller;;;;",
        ";a;Max;Anders;;;;",
        "2;;Zoë;Öz;;;;",
    ]
    lines += [
        ";;Ina;Muster;A@example.org;;;",
        "0000018;;Max;Müller;;;;",
        ";;Max;Müller;;030 1111111;;",
        ";;;;;;;",
    ]
    data = "\n".join([COLUMNS, *lines]).encode()
    model = build_house()
    assert imported(house, data, batch_size=size) == imported(model, data)
    assert everybody(house) == everybody(model)
    assert imported(house, data, batch_size=size)[1] == 0
