"""Single cells: what is around them, dates by name and by number, countries by name, and places by their table."""

import re
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import assume, given, strategies as st

from loyaltycore.customers.rules.import_cells import guarded, plain
from loyaltycore.customers.rules.import_words import country_code
from loyaltycore.customers.rules.table_file import read_date
from loyaltycore.customers.rules.table_values import are_serials
from loyaltycore.kernel.places import places

TODAY = date(2024, 7, 1)
DAY_0 = date(1899, 12, 30)

cells = st.text(st.sampled_from("'=+-@\"\t\r 01a,;ä\u00a0\u200b")) | st.text()


@given(cells)
def test_a_guarded_cell_reads_as_the_cell(cell):
    """What keeps a spreadsheet from taking a cell for a formula is gone when the file is read again."""
    assert plain(guarded(cell)) == plain(cell)
    assert guarded(cell).lstrip()[:1] not in {"=", "+", "-", "@"}


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_a_text_is_what_it_is(text):
    """A text without signs of a formula or a guard is read as it is."""
    assume(text[0] not in "'=" and plain(text) == plain(plain(text)))
    assert plain(f" {text} ") == plain(text)
    assert plain('="' + text.replace('"', '""') + '"') == plain(text)


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(
        [
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            "january february march april may june july august september october november december",
            "Jän Feb Mrz Apr Mai Jun Jul Aug Sept Okt Nov Dez",
        ]
    ),
    st.sampled_from(
        ["{d}. {m} {y}", "{d:02d}. {m}. {y}", "{d} {m} {y}", "{d}-{m}-{y}", "{m} {d}, {y}", "{d}.{m} {y}"]
    ),
)
def test_a_date_with_the_name_of_its_month_reads_back(day, names, form):
    """German, Austrian and English names, whole and short, in the usual orders."""
    text = form.format(d=day.day, m=names.split()[day.month - 1], y=day.year)
    assert read_date(text, today=TODAY) == day


days_by_number = st.lists(st.dates(date(1927, 5, 19), TODAY), min_size=1, max_size=20)


@given(days_by_number)
def test_a_column_of_serial_numbers_is_known_as_one(days):
    """Days as a spreadsheet counts them are known, unless each of them may be a short date without its zero."""
    numbers = [str((day - DAY_0).days) for day in days]
    known = are_serials([*numbers, "", "12.08.1964"], today=TODAY)
    assert known or all(
        re.fullmatch(r"[1-9](?:0[1-9]|1[0-2])\d\d|\d\d(?:0[1-9]|1[0-2])[1-9]", n) for n in numbers
    )
    for other in ("1964", "120864", "12081964"):
        assert not are_serials([*numbers, other], today=TODAY)
    assert not are_serials([*numbers, str((TODAY + timedelta(1) - DAY_0).days)], today=TODAY)


@given(st.lists(st.dates(date(1930, 1, 1), date(2023, 12, 31)), max_size=20))
def test_short_dates_without_their_zero_are_no_serial_numbers(days):
    """``10164`` is 1 January 1964 in a column of such dates, so it must not become a day in 1927."""
    assert not are_serials([f"{day.day}{day:%m%y}" for day in days if day.day < 10], today=TODAY)
    assert not are_serials([str(day.year) for day in days], today=TODAY)


def test_every_country_is_known_by_its_names_and_its_code():
    """All countries in German and English, in any case; no name means two of them, and no code is another's sign."""
    for code, place in places().items():
        for name in (*place.names, code):
            assert {country_code(name), country_code(name.upper()), country_code(f" {name} ")} == {code}


def test_the_table_of_places_is_whole():
    """Each country of the time zone database, and Kosovo, has a line and names; postal codes are a regular expression."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    assert places().keys() == {line[:2] for line in table.splitlines() if line[0] != "#"} | {"XK"}
    for place in places().values():
        assert all(place.names)
        re.compile(place.postal_code)
        assert not re.fullmatch(place.postal_code or "x", "")


def test_the_names_are_those_of_the_unicode_consortium():
    """What the common library calls a country is read as that country."""
    babel = pytest.importorskip("babel")
    for language in ("de", "en"):
        names = babel.Locale(language).territories
        wrong = {code: names[code] for code in places() if country_code(names[code]) != code}
        assert not wrong
