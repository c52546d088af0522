"""The values of a table: dates, consents and salutations as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.customer import Salutation
from loyaltycore.customers.rules.table_file import read_date, read_salutation, read_yes_no_open
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import ConsentState

TODAY = date(2024, 7, 1)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
todays = st.dates(date(2000, 1, 1), date(2098, 12, 31))


@given(
    days,
    st.sampled_from(
        ["{0.day}.{0.month}.{0.year}", "{0:%d.%m.%Y}", "{0:%d/%m/%Y}", "{0:%Y-%m-%d}", " {0:%d. %m. %Y} "]
    ),
)
def test_a_full_date_reads_back(day, form):
    """Whatever form a date with a full year is written in, it is read as that date."""
    assert read_date(form.format(day), today=TODAY) == day


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_the_first_and_the_last_day_are_read(day):
    """Nothing before, nothing behind."""
    assert read_date(f"{day:%d.%m.%Y}", today=TODAY) == day
    beyond = day.replace(year=day.year + (1 if day.year > 2000 else -1))
    with pytest.raises(InvalidInput):
        read_date(f"{beyond:%d.%m.%Y}", today=TODAY)


@given(days, st.sampled_from([" 00:00", " 00:00:00", "T00:00:00", " 00:00:00.000"]))
def test_midnight_behind_a_date_is_passed_over(day, midnight):
    """The time that a spreadsheet or a database adds to a date changes nothing."""
    assert read_date(f"{day:%d.%m.%Y}{midnight}", today=TODAY) == day
    assert read_date(f"{day:%Y-%m-%d}{midnight}", today=TODAY) == day


@given(todays, st.integers(0, 36_000))
def test_a_short_year_is_the_latest_that_is_not_in_the_future(today, age):
    """Any day of the last 98 years is read back from its two-digit form, so a birth date is never after today."""
    day = today - timedelta(days=age)
    found = read_date(f"{day:%d.%m.%y}", today=today)
    assert found <= today
    assert found == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31.12.80", date(1980, 12, 31)),
        ("01.07.24", date(2024, 7, 1)),
        ("02.07.24", date(1924, 7, 2)),
        ("1.1.25", date(1925, 1, 1)),
        ("29.02.00", date(2000, 2, 29)),
        ("31/12/80", date(1980, 12, 31)),
        ("31.12.2030", date(2030, 12, 31)),
        ("05/06/1980", date(1980, 6, 5)),
        ("", None),
        ("  ", None),
    ],
)
def test_examples_of_dates(text, expected):
    """The pivot lies at today, the day comes first, and an empty cell is no date."""
    assert read_date(text, today=TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "12/31/1980",
            "31.02.",
            "31.02.1980",
            "29.02.23",
            "00.00.0000",
            "31.12.0080",
            "31.12.3000",
            "1980-31-12",
        ),
        *(
            "31.12/1980",
            "31.12.198",
            "31.12.1980 12:30",
            "1980",
            "heute",
            "31121980",
            "٣١.١٢.١٩٨٠",
            "31.12.80.",
            "-",
        ),
    ],
)
def test_what_is_no_date_is_refused(text):
    """Month first, days that do not exist, years beyond reach, half a date: never guessed."""
    with pytest.raises(InvalidInput) as caught:
        read_date(text, today=TODAY)
    assert caught.value.codes == {"bad_date"}


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("ja Ja JA yes y x X 1 true akzeptiert accepted", ConsentState.ACCEPTED),
        ("nein Nein no n 0 false FALSCH abgelehnt declined", ConsentState.DECLINED),
        ("offen open - ?", ConsentState.OPEN),
    ],
)
def test_consents_are_read(words, state):
    """The usual words in any case, with blanks around, and an empty cell is an open question."""
    assert {read_yes_no_open(f" {word} ") for word in words.split()} == {state}
    assert read_yes_no_open("") == read_yes_no_open("  ") == ConsentState.OPEN


@given(st.text(max_size=8))
def test_no_unknown_word_is_a_consent(text):
    """Any text is one of the known words or refused; nothing else ever counts as accepted."""
    known = {"ja", "j", "yes", "y", "x", "1", "true", "wahr"}
    try:
        state = read_yes_no_open(text)
    except InvalidInput:
        return
    assert state is not ConsentState.ACCEPTED or text.strip().casefold() in known


@pytest.mark.parametrize("text", ["jein", "ja nein", "2", "ja.", "vielleicht"])
def test_a_doubtful_consent_is_refused(text):
    """What is neither yes nor no nor open is a fault that lists the words."""
    with pytest.raises(InvalidInput, match="akzeptiert"):
        read_yes_no_open(text)


@pytest.mark.parametrize(
    ("words", "salutation"),
    [
        ("Frau FRAU Fr. w Mrs Ms. female", Salutation.FEMALE),
        ("Herr Herrn Hr. m Mr male", Salutation.MALE),
        ("divers d Mx diverse", Salutation.DIVERSE),
        ("Firma Fa.", None),
    ],
)
def test_salutations_are_read(words, salutation):
    """The usual words in any case; a company is no person, and an empty cell says nothing."""
    assert {read_salutation(f" {word} ") for word in words.split()} == {salutation}
    assert read_salutation(" ") is None


def test_an_unknown_salutation_is_refused():
    """A word that is none is a fault, not a guess."""
    with pytest.raises(InvalidInput) as caught:
        read_salutation("Familie")
    assert caught.value.codes == {"unknown_choice"}
