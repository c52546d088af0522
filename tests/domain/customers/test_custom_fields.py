"""Fields that the host adds to the customer: declared once, checked, kept in order."""

from collections.abc import Mapping
from datetime import date, datetime

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.form import Reading, read_change, read_new
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.custom_fields import (
    GREATEST_NUMBER,
    LEAST_NUMBER,
    CustomField,
    CustomFields,
    FieldKind,
    custom_key,
)
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.codec import from_json, to_json
from tests.domain.customers.forms import TODAY

FIELDS = CustomFields(
    [
        CustomField("shoe_size", FieldKind.INTEGER, label="Shoe size"),
        CustomField("nickname"),
        CustomField("fitted_on", FieldKind.DATE),
        CustomField("vip", FieldKind.FLAG),
        CustomField("frame", FieldKind.CHOICE, choices=("rimless", "full")),
    ]
)
READING = Reading(TODAY, "DE", FIELDS)
GOOD = {"shoe_size": 42, "nickname": "Rika", "fitted_on": date(2026, 1, 2), "vip": True, "frame": "full"}


def read(custom, before=None):
    """Read custom values into a new customer, or over one: the customer and the faults."""
    faults = Faults()
    form = {"custom": custom}
    made = (
        read_change(faults, before, form, READING)
        if before
        else read_new(faults, {"last_name": "M", **form}, READING)
    )
    return made, [(fault.field, fault.code) for fault in faults.found]


def test_every_kind_is_read_and_kept_in_order():
    """Values of every kind come through, by key in order."""
    made, faults = read(GOOD)
    assert faults == []
    assert made.custom == GOOD
    assert list(made.custom) == sorted(GOOD)


def test_what_is_not_mentioned_stays_and_none_takes_away():
    """A change lays its values over those that are there; None and an empty text take one away."""
    made, _ = read(GOOD)
    after, faults = read({"shoe_size": 43, "nickname": "", "vip": None}, made)
    assert faults == []
    assert after.custom == {"fitted_on": date(2026, 1, 2), "frame": "full", "shoe_size": 43}
    assert read(None, made) == (made, [])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("hat_size", 5, "unknown_field"),
        ("shoe_size", "42", "wrong_type"),
        ("shoe_size", True, "wrong_type"),
        ("shoe_size", GREATEST_NUMBER + 1, "out_of_range"),
        ("nickname", 5, "wrong_type"),
        ("nickname", "x" * 71, "too_long"),
        ("fitted_on", datetime(2026, 1, 1), "wrong_type"),  # noqa: DTZ001  a date is asked for
        ("vip", 1, "wrong_type"),
        ("frame", "half", "unknown_choice"),
        ("frame", ["full"], "unknown_choice"),
    ],
)
def test_each_bad_value_is_one_fault(key, value, code):
    """A value that does not fit its field is one fault, under the field's key."""
    assert read({**GOOD, key: value})[1] == [(f"custom.{key}", code)]


def test_what_is_no_mapping_is_one_fault():
    """Custom values are given by key."""
    assert read([("shoe_size", 42)])[1] == [("custom", "wrong_type")]


@pytest.mark.parametrize(
    "fields",
    [
        [CustomField("Shoe")],
        [CustomField("")],
        [CustomField("a" * 41)],
        [CustomField("a"), CustomField("a")],
        [CustomField("a", FieldKind.CHOICE)],
        [CustomField("a", FieldKind.TEXT, choices=("x",))],
        [CustomField("a", FieldKind.CHOICE, choices=("x", "x"))],
        [CustomField("a", FieldKind.CHOICE, choices=(" x",))],
        [CustomField("a", FieldKind.CHOICE, choices=("",))],
        [CustomField("a", FieldKind.CHOICE, choices=("x", "\u3164"))],
        [CustomField(f"a{n}") for n in range(101)],
        "x",
        [None],
        [CustomField(None)],
        [CustomField("a", "words")],
        [CustomField("a", ["text"])],
        [CustomField("a", FieldKind.CHOICE, choices=5)],
        [CustomField("a", FieldKind.CHOICE, choices="abc")],
        [CustomField("a", FieldKind.CHOICE, choices=("x", None))],
        [CustomField("a", FieldKind.CHOICE, choices=("x", ["y"]))],
        [CustomField("a", label=5)],
        [CustomField("a", group=5)],
    ],
)
def test_a_field_that_cannot_work_is_refused(fields):
    """A declaration is checked when the house is put together."""
    with pytest.raises(RegistrationError):
        CustomFields(fields)


def test_the_word_of_a_kind_and_a_list_of_choices_will_do():
    """A declaration that comes from a configuration file holds words and lists."""
    given = CustomField("frame", "choice", choices=["rimless", "full"])
    assert given == CustomField("frame", FieldKind.CHOICE, choices=("rimless", "full"))
    assert CustomFields([given]).all == (given,)


custom_values = st.text(max_size=20) | st.integers(LEAST_NUMBER, GREATEST_NUMBER) | st.booleans() | st.dates()


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), custom_values))
def test_custom_values_survive_as_json(values):
    """Values of every kind become JSON and come back with their types."""
    back = from_json(to_json(values, Mapping[str, CustomValue]), Mapping[str, CustomValue])
    assert back == values
    assert {key: type(back[key]) for key in back} == {key: type(values[key]) for key in values}


@given(
    st.tuples(*[st.integers(LEAST_NUMBER, GREATEST_NUMBER)] * 2)
    | st.tuples(*[st.dates(date(1900, 1, 1), date(2199, 12, 31))] * 2)
)
def test_lookup_keys_sort_as_the_values_do(pair):
    """Of two numbers or dates the greater one has the greater lookup key, negative ones included."""
    low, high = (custom_key("f", value) for value in pair)
    assert (low < high) is (pair[0] < pair[1])


def test_the_longest_and_the_greatest_values_are_taken():
    """Seventy characters, and fifteen digits of either sign; one more is a fault."""
    for value in (-(10**15), 10**15):
        assert read({"shoe_size": value})[0].custom == {"shoe_size": value}
    assert read({"nickname": "x" * 70})[0].custom == {"nickname": "x" * 70}
    assert read({"shoe_size": -(10**15) - 1})[1] == [("custom.shoe_size", "out_of_range")]
    assert read({"shoe_size": 10**15 + 1})[1] == [("custom.shoe_size", "out_of_range")]


def test_a_hundred_fields_with_the_longest_keys_are_taken():
    """A key of forty characters, a choice of seventy, and a hundred fields."""
    fields = [CustomField(f"{'a' * 38}{n:02}") for n in range(99)]
    fields.append(CustomField("b", FieldKind.CHOICE, choices=("x" * 70,)))
    known = CustomFields(fields)
    assert known.all == tuple(fields)
    with pytest.raises(RegistrationError):
        CustomFields([CustomField("b", FieldKind.CHOICE, choices=("x" * 71,))])


def test_a_field_without_a_label_is_shown_as_its_key():
    """Nothing is said about it that the host did not say."""
    bare = CustomField("nickname")
    assert (bare.kind, bare.label, bare.group, bare.choices) == (FieldKind.TEXT, "", "", ())
    assert (bare.shown_as, CustomField("nickname", label="Nickname").shown_as) == ("nickname", "Nickname")


def test_lookup_keys_look_as_they_are_stored():
    """Field and value, numbers from zero on and of sixteen digits, days by the calendar."""
    assert custom_key("f", value=True) == "f=true"
    assert custom_key("f", value=False) == "f=false"
    assert custom_key("f", -(10**15)) == "f=0000000000000000"
    assert custom_key("f", 10**15) == "f=2000000000000000"
    assert custom_key("f", date(2026, 1, 2)) == "f=2026-01-02"
    assert custom_key("f", "x") == "f=x"


def test_blanks_take_a_text_away_as_nothing_does():
    """A text that reads as empty is none."""
    made, _ = read(GOOD)
    after, faults = read({"nickname": "  "}, made)
    assert faults == []
    assert "nickname" not in after.custom
