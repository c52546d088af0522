"""The conformance suite of the port for rate limits.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import LimiterConformance
    from shop_limits import RedisLimiter

    class TestRedisLimiter(LimiterConformance):
        @contextmanager
        def open(self, clock):
            yield RedisLimiter("redis://localhost", clock)

        @contextmanager
        def reopen(self, limiter, clock):
            yield RedisLimiter("redis://localhost", clock)

It needs no conftest and no fixture.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Final

from attrs import frozen
from hypothesis import given, strategies as st

from loyaltycore.kernel import limiting as values
from loyaltycore.kernel.limiting import MOST_TRIES, Limit
from loyaltycore.memory.ambient import FixedClock
from loyaltycore.ports import limiting
from loyaltycore.ports.limiting import RateLimiter
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.suite import Ability, Conformance, Lacks, examples, hook, hook_for, needs
from loyaltycore.testing.threads import in_threads

__all__ = ["Lacks", "LimiterCapabilities", "LimiterConformance"]

_START: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_TICK: Final = timedelta(microseconds=1)
_NAMES: Final = (f"{number}." for number in count())
"""What begins the name of a limit, so that no test meets the tries of another."""

_KEYS: Final = (
    "",
    " ",
    "a",
    "A",
    "a ",
    "aa",
    "ab",
    "007",
    "7",
    "null",
    "ä",
    "a\u0308",
    "203.0.113.7",
    "203.0.113.70",
    "::ffff:203.0.113.7",
    "2001:db8::1",
    "2001:db8::2",
    "erika.m@example.org",
    "erikam@example.org",
    "erika.m+post@example.org",
    "k" * 999,
    "k" * 1000,
    "k" * 999 + "l",
    "\u4e2d" * 999 + "a",
    "\u4e2d" * 999 + "b",
    # Two with one CRC, whatever stands before and behind them.
    "plumless",
    "buckeroo",
)
_FLOOD: Final = 300
"""Keys of others, more than a small cache holds."""

_STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(_KEYS[:4]),
        st.sampled_from([0.0, 0.000001, 1.0, 29.999999, 30.0, 59.999999, 60.0, 61.0, 86_400.0]),
    ),
    max_size=25,
)


@frozen(kw_only=True)
class LimiterCapabilities:
    """What a limiter can do; a gap is a `Lacks` with a reason."""

    shared: Ability = True
    """Another limiter counts with it; needs `reopen`."""


class LimiterConformance(Conformance, kit=True):
    """Checks a limiter against `loyaltycore.ports.limiting.RateLimiter`: subclass it and fill `open`."""

    contract = (limiting, values)
    capabilities: ClassVar[LimiterCapabilities] = LimiterCapabilities()
    capabilities_type = LimiterCapabilities

    @hook
    def open(self, clock: FixedClock) -> AbstractContextManager[RateLimiter]:
        """Return a context manager that yields a limiter that reads this clock and no other."""
        raise NotImplementedError

    @hook_for("shared")
    def reopen(self, limiter: Any, clock: FixedClock) -> AbstractContextManager[RateLimiter]:
        """Return a context manager that yields another limiter that counts with the given one, as another process would."""
        raise NotImplementedError

    def test_no_stretch_has_too_many(self) -> None:
        """Whoever tries whenever, exactly what fits is admitted: "In any stretch of `Limit.per` it admits at most"."""
        with self._opened() as (limiter, clock):

            @examples(25)
            @given(_STEPS, st.integers(1, 4))
            def holds(steps: list[tuple[str, float]], most: int) -> None:
                limit = _limit(most)
                admitted: dict[str, deque[datetime]] = {}
                for key, pause in steps:
                    clock.advance(seconds=pause)
                    mine = admitted.setdefault(key, deque())
                    while mine and mine[0] <= clock.now() - limit.per:
                        mine.popleft()
                    wait = _admit(limiter, key, limit)
                    expected = mine[0] + limit.per - clock.now() if len(mine) == most else None
                    assert wait == expected, (
                        f"{len(mine)} of {most} tries lie in the last minute, and the answer is {wait}, not {expected}"
                    )
                    if wait is None:
                        mine.append(clock.now())

            holds()

    def test_one_is_enough_for_some(self) -> None:
        """With a limit of one, the second try waits until the very end: "otherwise how long to wait"."""
        with self._opened() as (limiter, clock):
            limit = _limit(1)
            first = _admit(limiter, "a", limit)
            clock.instant += _MINUTE - _TICK
            before = _admit(limiter, "a", limit)
            clock.instant += _TICK
            after = _admit(limiter, "a", limit)
        assert (first, before, after) == (None, _TICK, None), (
            f"admitted, a microsecond and admitted are right, not {first}, {before} and {after}"
        )

    def test_a_try_that_waits_costs_nothing(self) -> None:
        """Who keeps on trying gets in as soon as who waits: "A try that is not admitted is not counted"."""
        with self._opened() as (limiter, clock):
            limit = _limit(2)
            for _ in range(2):
                _admit(limiter, "a", limit)
            for _ in range(59):
                clock.advance(seconds=1)
                assert _admit(limiter, "a", limit) is not None, "a third try was admitted within a minute"
            clock.advance(seconds=1)
            assert _admit(limiter, "a", limit) is None, "tries that were refused were counted"

    def test_the_largest_limit_is_exact(self) -> None:
        """Three hundred are admitted and no more: "1 to 300"."""
        with self._opened() as (limiter, clock):
            limit = _limit(MOST_TRIES)
            admitted = 0
            for _ in range(MOST_TRIES + 3):
                admitted += _admit(limiter, "a", limit) is None
                clock.instant += _TICK
        assert admitted == MOST_TRIES, f"{admitted} tries of {MOST_TRIES} were admitted"

    def test_keys_share_nothing(self) -> None:
        """Keys that look alike are different ones: "Keys are compared whole"."""
        with self._opened() as (limiter, _):
            limit = _limit(1)
            refused = [key for key in _KEYS if _admit(limiter, key, limit) is not None]
            twice = [key for key in _KEYS if _admit(limiter, key, limit) is None]
        assert not refused, f"these keys were taken for others: {refused!r}"
        assert not twice, f"these keys were not recognised: {twice!r}"

    def test_names_share_nothing(self) -> None:
        """What is limited under one name leaves the others alone, even where name and key meet: "what one key or one name uses up"."""
        with self._opened() as (limiter, _):
            begin = next(_NAMES)
            pairs = [
                ("a", "bc"),
                ("ab", "c"),
                ("A", "bc"),
                ("a.b", "c"),
                ("a", "b.c"),
                ("a", "b:c"),
                ("a:b", "c"),
            ]
            limits = [(key, Limit(begin + name, 1, _MINUTE)) for name, key in pairs]
            refused = [limit.name for key, limit in limits if _admit(limiter, key, limit) is not None]
        assert not refused, f"the tries of another name were counted: {refused}"

    def test_others_make_nobody_forgotten(self) -> None:
        """Hundreds of others, who try in the meantime, give nobody a new start: "takes nothing from another"."""
        with self._opened() as (limiter, _):
            limit = _limit(1)
            _admit(limiter, "a", limit)
            for number in range(_FLOOD):
                assert _admit(limiter, f"other {number}", limit) is None, (
                    "the tries of another key were counted"
                )
            wait = _admit(limiter, "a", limit)
        assert wait is not None, (
            f"after {_FLOOD} others had tried, a try within the same minute was forgotten"
        )

    def test_a_short_stretch_ends_no_long_one(self) -> None:
        """Tries that are limited by the second leave those of a year alone: "In any stretch of `Limit.per`"."""
        with self._opened() as (limiter, clock):
            long, short = _limit(1, timedelta(days=365)), _limit(1, timedelta(seconds=1))
            for key in ("a", "b"):
                _admit(limiter, key, long)
            clock.advance(hours=1)
            for key in ("a", "c"):
                assert _admit(limiter, key, short) is None, "the tries of another limit were counted"
            found = [_admit(limiter, key, long) for key in ("a", "b")]
        expected = long.per - timedelta(hours=1)
        assert found == [expected, expected], (
            f"an hour after a try, a limit of one a year makes wait for {found}, not for {expected}"
        )

    def test_no_key_is_logged(self) -> None:
        """What a limiter writes into the log names nobody: "do not store or log it as it is"."""
        key, said = "erika.mustermann@example.org", _Said()
        root = logging.getLogger()
        level = root.level
        root.addHandler(said)
        root.setLevel(logging.DEBUG)
        try:
            with self._opened() as (limiter, _):
                limit = _limit(1)
                for _ in range(3):
                    _admit(limiter, key, limit)
        finally:
            root.setLevel(level)
            root.removeHandler(said)
        told = [line for line in said.lines if key in line]
        assert told == [], f"the log tells who has tried: {told[0]!r}"

    def test_each_limit_has_its_own_stretch(self) -> None:
        """A second and a year are counted as they are said: "In any stretch of `Limit.per`"."""
        with self._opened() as (limiter, clock):
            limits = [
                _limit(1, timedelta(seconds=1)),
                _limit(1, timedelta(days=365)),
                _limit(1, _TICK * 1500),
            ]
            for limit in limits:
                answers = [_admit(limiter, "a", limit), _admit(limiter, "a", limit)]
                clock.instant += limit.per - _TICK
                answers.append(_admit(limiter, "a", limit))
                clock.instant += _TICK
                answers.append(_admit(limiter, "a", limit))
                assert answers == [None, limit.per, _TICK, None], (
                    f"admitted, {limit.per}, {_TICK} and admitted are right, not {answers}"
                )

    def test_a_limit_that_grows_counts_at_once(self) -> None:
        """Settings change while people try: "at most `Limit.most` tries"."""
        with self._opened() as (limiter, clock):
            small = _limit(1)
            large, none = Limit(small.name, 3, _MINUTE), Limit(small.name, 2, _MINUTE)
            answers = [
                _admit(limiter, "a", each) is None for each in (small, small, large, large, large, none)
            ]
            clock.instant += _MINUTE
            answers.append(_admit(limiter, "a", small) is None)
        assert answers == [True, False, True, True, False, False, True], (
            f"one, then three, then two a minute do not admit {answers}"
        )

    def test_a_limit_that_shrinks_counts_at_once(self) -> None:
        """What was admitted under a larger limit counts, also when that one is back: "at most `Limit.most` tries"."""
        with self._opened() as (limiter, clock):
            first = clock.instant
            large = _limit(3)
            small, middle = (Limit(large.name, most, _MINUTE) for most in (1, 2))
            for _ in range(3):
                assert _admit(limiter, "a", large) is None, "of three tries a minute three are not admitted"
                clock.instant += _MINUTE / 6
            now = clock.instant
            answers = [_admit(limiter, "a", each) for each in (small, middle, large)]
            # The one try is the last of them, the two are the last two.
            expected = [first + _MINUTE + place * _MINUTE / 6 - now for place in (2, 1, 0)]
        assert answers == expected, f"after three tries, limits of one, two and three make wait for {answers}"

    def test_a_stretch_that_changes_counts_at_once(self) -> None:
        """A shorter stretch frees who waits, a longer one holds on: "In any stretch of `Limit.per` it admits at most"."""
        with self._opened() as (limiter, clock):
            minute = _limit(1)
            hour = Limit(minute.name, 1, timedelta(hours=1))
            first = [_admit(limiter, "a", minute)]
            clock.instant += _MINUTE / 2
            first.append(_admit(limiter, "a", hour))
            second = [_admit(limiter, "b", hour)]
            clock.instant += _MINUTE
            second.append(_admit(limiter, "b", minute))
        assert first == [None, hour.per - _MINUTE / 2], (
            f"one a minute became one an hour, and half a minute after a try the answer is {first[1]}"
        )
        assert second == [None, None], (
            f"one an hour became one a minute, and a minute after a try the answer is {second[1]}"
        )

    def test_a_clock_that_was_set_back_locks_nobody_out(self) -> None:
        """After an hour was taken back, nobody waits for an hour: "at most `Limit.per`"."""
        with self._opened() as (limiter, clock):
            limit = _limit(1)
            _admit(limiter, "a", limit)
            clock.advance(hours=-1)
            wait = _admit(limiter, "a", limit)
            assert wait is None or wait <= limit.per, f"{wait} is longer than the stretch"
            clock.advance(minutes=2)
            assert _admit(limiter, "a", limit) is None, "a try of the future still counts two minutes later"

    def test_threads_are_counted_together(self) -> None:
        """Of many at once exactly as many as fit get in: "however many processes and threads ask at once"."""
        with self._opened() as (limiter, _):
            limit = _limit(5)
            admitted = sum(
                each is None for each in in_threads(lambda _: _admit(limiter, "a", limit), range(12))
            )
        assert admitted == limit.most, f"{admitted} of twelve at once were admitted, where {limit.most} may"

    @needs("shared")
    def test_another_process_counts_along(self) -> None:
        """What one has admitted the other knows, and after an end too: "however many processes and threads ask"."""
        with self._opened() as (limiter, clock):
            limit = _limit(2)
            with self.reopen(limiter, clock) as other:
                answers = [_admit(each, "a", limit) is None for each in (limiter, other, limiter, other)]
            with self.reopen(limiter, clock) as later:
                answers.append(_admit(later, "a", limit) is None)
        assert answers == [True, True, False, False, False], (
            f"two of two limiters that count together are admitted, not {answers}"
        )

    @needs("shared")
    def test_processes_are_counted_together(self) -> None:
        """What a process has admitted that has ended since, this one knows: "however many processes and threads ask"."""
        with self._opened() as (limiter, clock):
            limit = _limit(2)

            def work(say: Say) -> None:
                with self.reopen(limiter, clock) as other:
                    say("admitted" if _admit(other, "a", limit) is None else "refused")

            # The copy comes first, so that it has nothing that this process remembers.
            with forked(work) as child:
                assert child.lines() == ["admitted"], "the first try, of another process, was refused"
            answers = [_admit(limiter, "a", limit) is None for _ in range(2)]
        assert answers == [True, False], (
            f"another process used up one of two tries, and here {sum(answers)} were admitted"
        )

    @contextmanager
    def _opened(self) -> Iterator[tuple[RateLimiter, FixedClock]]:
        clock = FixedClock(_START)
        with self.open(clock) as limiter:
            yield limiter, clock


class _Said(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


def _limit(most: int, per: timedelta = _MINUTE) -> Limit:
    return Limit(f"{next(_NAMES)}tries", most, per)


def _admit(limiter: RateLimiter, key: str, limit: Limit) -> timedelta | None:
    """Try, and look at the form of the answer."""
    wait: object = limiter.admit(key, limit)
    assert wait is None or isinstance(wait, timedelta), f"the answer is None or a timedelta, not {wait!r}"
    assert wait is None or timedelta() < wait <= limit.per, f"{wait} is no time to wait within {limit.per}"
    return wait
