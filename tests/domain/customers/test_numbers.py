"""Customer numbers: patterns are read strictly, numbers are distinct, readable again and rightly checked."""

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.numbers import NumberPattern, check_pattern, free_numbers
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.check_digits import luhn_valid
from loyaltycore.kernel.validation import Faults

fixed = st.text("ABKZabkz019-/._#Ä", max_size=9)
years = st.integers(1000, 9999)
runnings = st.integers(1, 10**13)


@st.composite
def pattern_texts(draw):
    """Every shape that a pattern may have."""
    year = draw(st.sampled_from(["", "{yyyy}", "{yy}"]))
    before, after = draw(st.sampled_from([(year, ""), ("", year)]))
    counter = draw(st.one_of(st.just("{n}"), st.integers(1, 12).map(lambda width: f"{{n:{width}}}")))
    parts = [draw(fixed), before, draw(st.sampled_from(["", "-"])), counter, after, draw(fixed)]
    return "".join(parts) + draw(st.sampled_from(["", "{c}"]))


patterns = pattern_texts().map(NumberPattern.parse)


@given(patterns, years, runnings, runnings)
def test_different_running_numbers_make_different_numbers(pattern, year, one, other):
    """Two numbers of one year are equal exactly where their running numbers are."""
    assert (pattern.render(year, one) == pattern.render(year, other)) == (one == other)


@given(patterns, years, runnings)
def test_the_running_number_can_be_read_back(pattern, year, running):
    """A number tells its running number in its year, fits into its field, and its range into a key."""
    number = pattern.render(year, running)
    assert pattern.running(number, year) == running
    assert len(number) <= 40
    assert len(pattern.range_id(year)) <= 40


@given(patterns.filter(lambda pattern: pattern.checked), years, runnings)
def test_the_check_digit_is_right(pattern, year, running):
    """All digits of a number together, its last one included, pass Luhn."""
    number = pattern.render(year, running)
    assert luhn_valid("".join(digit for digit in number if digit in "0123456789"))


@given(patterns, years, st.text(max_size=12))
def test_other_texts_are_no_numbers_of_the_pattern(pattern, year, text):
    """Whatever is read as a number is exactly what would be written for it."""
    running = pattern.running(text, year)
    assert running is None or pattern.render(year, running) == text


@given(years, years)
def test_a_year_in_the_pattern_starts_a_range_each_year(one, other):
    """Ranges differ by year exactly where the pattern shows the year; the padding is no part of the range."""
    dated, plain = NumberPattern.parse("K{yyyy}-{n:4}{c}"), NumberPattern.parse("K{n:4}")
    assert (dated.range_id(one) == dated.range_id(other)) == (one == other)
    assert plain.range_id(one) == plain.range_id(other) == NumberPattern.parse("K{n:9}{c}").range_id(one)


@pytest.mark.parametrize(
    ("text", "year", "running", "number"),
    [
        ("{n:6}{c}", 2026, 1, "0000018"),
        ("{n}", 2026, 17, "17"),
        ("K{yy}-{n:4}", 2026, 17, "K26-0017"),
        ("{n:3}/{yyyy}", 2026, 1234, "1234/2026"),
        ("{yyyy}{n:4}{c}", 2026, 17, "202600177"),
        ("X{n:6}{c}", 2026, 1, "X0000018"),
    ],
)
def test_numbers_look_as_the_pattern_says(text, year, running, number):
    """The placeholders are filled in as the option's description says."""
    assert NumberPattern.parse(text).render(year, running) == number


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"no_running_number"}),
        ("K2026", {"no_running_number"}),
        ("{n}{n}", {"no_running_number"}),
        ("{n:0}", {"unknown_placeholder", "no_running_number"}),
        ("{n:x}", {"unknown_placeholder", "no_running_number"}),
        ("{n:٣}", {"unknown_placeholder", "no_running_number"}),
        ("{n:13}", {"too_long"}),
        ("{n}{month}", {"unknown_placeholder"}),
        ("{n}{}", {"unknown_placeholder"}),
        ("{yy}{n}{yyyy}", {"two_years"}),
        ("{c}{n}", {"misplaced_check_digit"}),
        ("{n}{c}{c}", {"misplaced_check_digit"}),
        ("{n}{c}x", {"misplaced_check_digit"}),
        ("{n", {"bad_pattern", "no_running_number"}),
        ("n}{n}", {"bad_pattern"}),
        ("{{n}}", {"bad_pattern"}),
        ("K {n}", {"bad_character"}),
        ("K\n{n}", {"bad_character"}),
        ("K\x07{n}", {"bad_character"}),
        ("x" * 25 + "{n}", {"too_long"}),
        ("x" * 21 + "{yyyy}{n}", {"too_long"}),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(text, codes):
    """Every fault of a pattern is named, and the option refuses what the pattern refuses."""
    with pytest.raises(InvalidInput) as caught:
        NumberPattern.parse(text)
    assert caught.value.codes == codes
    faults = Faults()
    check_pattern(faults, text)
    assert {fault.code for fault in faults.found} == codes
    with pytest.raises(InvalidInput):
        NUMBER_PATTERN.read(text)


def test_the_option_takes_its_default_and_other_patterns():
    """What the option accepts is what the pattern accepts."""
    assert NUMBER_PATTERN.read("K{yyyy}-{n:4}{c}") == "K{yyyy}-{n:4}{c}"
    assert NUMBER_PATTERN.read(NUMBER_PATTERN.default) == NUMBER_PATTERN.default


@given(st.sets(st.integers(1, 60)), st.integers(0, 20), st.integers(1, 9))
def test_taken_numbers_are_passed_over_and_no_other(used, last, block):
    """The numbers given are the free ones behind the last, in order, whatever the size of the blocks."""
    pattern = NumberPattern.parse("K{n:2}")
    taken = {pattern.render(2026, running) for running in used}
    found = free_numbers(pattern, 2026, last, lambda numbers: taken & set(numbers), block=block)
    wanted = [running for running in range(last + 1, 80) if running not in used][:10]
    assert [next(found) for _ in range(len(wanted))] == [
        (running, pattern.render(2026, running)) for running in wanted
    ]


def test_a_long_row_of_taken_numbers_costs_few_questions():
    """Ten thousand taken numbers are passed in blocks that grow, not one by one."""
    questions = []

    def taken(numbers):
        questions.append(numbers)
        return {number for number in numbers if int(number) <= 10_000}

    assert next(free_numbers(NumberPattern.parse("{n}"), 2026, 0, taken)) == (10_001, "10001")
    assert len(questions) < 40
    assert questions[:3] == [("1",), ("2", "3"), ("4", "5", "6", "7")]
    assert [len(question) for question in questions[3:]] == [8, 16, 32, 64, 128, 256, *[500] * 19]


@pytest.mark.parametrize("text", ["x" * 24 + "{n}", "x" * 20 + "{yyyy}{n}", "x" * 22 + "{n:12}{yy}{c}"])
def test_the_longest_patterns_are_taken(text):
    """Twenty-four fixed characters, the year included, and twelve digits."""
    assert len(NumberPattern.parse(text).render(2026, 1)) <= 40


def test_the_faults_of_a_pattern_name_where_it_was_given():
    """As a pattern, or as the option of that name."""
    with pytest.raises(InvalidInput) as caught:
        NumberPattern.parse("K")
    assert caught.value.fields == ("number_pattern",)
    faults = Faults()
    check_pattern(faults, "K")
    assert [fault.field for fault in faults.found] == ["customers.number_pattern"]


def test_a_range_bears_the_year_wherever_the_pattern_has_it():
    """Before the running number or behind it."""
    assert NumberPattern.parse("K{yy}-{n}").range_id(2026) == "customers:k26-#"
    assert NumberPattern.parse("{n:3}/{yyyy}").range_id(2026) == "customers:#/2026"


@pytest.mark.parametrize("number", ["", "²", "\u0661", "01", "-1", "1 ", "x"])
def test_what_only_looks_like_a_number_is_none(number):
    """Nothing but the number as it would be written."""
    assert NumberPattern.parse("{n}").running(number, 2026) is None
