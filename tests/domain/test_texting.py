"""How many messages a text takes, and which word counts when several were reported."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from loyaltycore.kernel.fates import FateState, most_telling
from loyaltycore.kernel.texting import Alphabet, Segments, segments_of
from loyaltycore.testing.strategies.texting import EXTENSION, GSM, OTHER_TEXTS

CHARACTERS = sorted({*GSM, *EXTENSION, *"".join(OTHER_TEXTS)})
TEXTS = st.text(st.sampled_from(CHARACTERS), max_size=400) | st.text(
    st.sampled_from(GSM + EXTENSION), max_size=900
)
FINAL = {FateState.DELIVERED, FateState.UNDELIVERABLE, FateState.EXPIRED, FateState.REJECTED}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(Alphabet.GSM, 1)),
        ("a" * 160, Segments(Alphabet.GSM, 1)),
        ("a" * 161, Segments(Alphabet.GSM, 2)),
        ("a" * 306, Segments(Alphabet.GSM, 2)),
        ("a" * 307, Segments(Alphabet.GSM, 3)),
        ("€" * 80, Segments(Alphabet.GSM, 1)),
        ("€" * 81, Segments(Alphabet.GSM, 2)),
        # 153 is odd: the last place of a message stays empty rather than that a pair is torn.
        ("€" * 152, Segments(Alphabet.GSM, 2)),
        ("€" * 153, Segments(Alphabet.GSM, 3)),
        ("ж" * 70, Segments(Alphabet.UCS2, 1)),
        ("ж" * 71, Segments(Alphabet.UCS2, 2)),
        ("ж" * 134, Segments(Alphabet.UCS2, 2)),
        ("ж" * 135, Segments(Alphabet.UCS2, 3)),
        ("\U0001f600" * 35, Segments(Alphabet.UCS2, 1)),
        ("\U0001f600" * 36, Segments(Alphabet.UCS2, 2)),
        ("\U0001f600" * 67, Segments(Alphabet.UCS2, 3)),
        ("`" + "a" * 69, Segments(Alphabet.UCS2, 1)),
        ("\t", Segments(Alphabet.UCS2, 1)),
        ("Größe 5 € @Café", Segments(Alphabet.GSM, 1)),
    ],
)
def test_the_messages_of_a_text(text: str, expected: Segments) -> None:
    """The edges of TS 23.038 and TS 23.040, one after the other."""
    assert segments_of(text) == expected


@given(TEXTS)
def test_no_other_cut_takes_fewer_messages(text: str) -> None:
    """What is counted is the fewest messages into which a text can be cut between its characters."""
    found = segments_of(text)
    plain = set(text) <= {*GSM, *EXTENSION, "\r"}
    assert (found.alphabet is Alphabet.GSM) == plain
    widths = [1 + (each in EXTENSION) if plain else len(each.encode("utf-16-be")) // 2 for each in text]
    single, several = (160, 153) if plain else (70, 67)
    assert found.count == (1 if sum(widths) <= single else _fewest(tuple(widths), several))


def _fewest(widths: tuple[int, ...], room: int) -> int:
    """The fewest stretches of at most this width, found from the end: each stretch is as long as it can be."""
    best = [0] * (len(widths) + 1)
    for first in reversed(range(len(widths))):
        ends, filled = [], 0
        for place in range(first, len(widths)):
            filled += widths[place]
            if filled > room:
                break
            ends.append(best[place + 1])
        best[first] = 1 + min(ends)
    return best[0]


@given(TEXTS, TEXTS)
def test_a_text_behind_another_saves_nothing(one: str, other: str) -> None:
    """Two texts in one take at least as much as either, in the same alphabet or the larger one."""
    joined = segments_of(one + other)
    assert joined.count >= max(segments_of(one).count, segments_of(other).count)


@given(st.lists(st.sampled_from(FateState), min_size=1, max_size=5), st.data())
def test_the_word_that_counts_depends_on_no_order(states: list[FateState], data: st.DataObject) -> None:
    """Repeated, late and unordered reports end alike, and so does any part of them counted before the rest."""
    found = most_telling(states)
    assert {most_telling(each) for each in permutations(states)} == {found}
    assert most_telling(states + states) is found
    part = data.draw(st.lists(st.sampled_from(states), min_size=1))
    assert most_telling([*states, most_telling(part)]) is found


@given(st.lists(st.sampled_from(FateState), min_size=1))
def test_a_late_word_never_undoes_an_end(states: list[FateState]) -> None:
    """One final word among them makes the end final, and what a phone has confirmed stays so."""
    found = most_telling(states)
    assert found.is_final == any(state in FINAL for state in states)
    assert (found is FateState.DELIVERED) == (FateState.DELIVERED in states)
