"""Timing two ways of doing the same thing in turns, so that whatever slows the machine down slows down both."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable

from attrs import frozen


@frozen
class Result:
    """One line of the report."""

    subject: str
    ours: str
    """Our figure, with its unit."""
    peer: str
    """The peer's figure, with its unit."""
    ratio: str
    """How they compare, as said in `target`."""
    target: str
    kept: bool
    """Whether the promise is kept."""


Clock = Callable[[], float]
"""Tells seconds. Work that waits for nothing is timed by the processor's time, which other programs do not use up."""


def processor() -> float:
    """The processor's time of this program."""
    return time.process_time()


def children() -> float:
    """The processor's time of the programs that this one has started, and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """How long one call takes; the garbage collector waits meanwhile."""
    gc.collect()
    gc.disable()
    try:
        start = clock()
        work()
        return clock() - start
    finally:
        gc.enable()


def duel(
    ours: Callable[[], object],
    peer: Callable[[], object],
    rounds: int = 9,
    prepare: Callable[[], object] = lambda: None,
    clock: Clock = time.perf_counter,
) -> tuple[float, float]:
    """Run both in turns and answer with the seconds of the best round of each; one round before does not count.

    The best, because what a round takes beyond it is the work of other programs. What `prepare` does before each is not timed.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        order = ((ours, 0), (peer, 1)) if turn % 2 else ((peer, 1), (ours, 0))
        for work, side in order:
            prepare()
            times[side].append(seconds(work, clock))
    times[0].pop(0), times[1].pop(0)
    return min(times[0]), min(times[1])


def at_most(subject: str, ours: float, peer: float, limit: float | None = None, count: int = 1) -> Result:
    """A result where less is better and a multiple of the peer is allowed; None where nothing is promised."""
    ratio = ours / peer
    return Result(
        subject,
        _each(ours, count),
        _each(peer, count),
        f"{ratio:.2f}",
        "-" if limit is None else f"at most {limit:g} times",
        limit is None or ratio <= limit,
    )


def per_second(subject: str, ours: float, peer: float, limit: float, count: int) -> Result:
    """A result in pieces a second, where each may take a multiple of the peer's time."""
    found = at_most(subject, ours, peer, limit)
    return Result(
        subject, f"{count / ours:,.0f}/s", f"{count / peer:,.0f}/s", found.ratio, found.target, found.kept
    )


def at_least(subject: str, ours: float, peer: float, factor: float, count: int = 1) -> Result:
    """A result where ours must be faster by a factor."""
    ratio = peer / ours
    return Result(
        subject,
        _each(ours, count),
        _each(peer, count),
        f"{ratio:.1f}",
        f"at least {factor:g} times as fast",
        ratio >= factor,
    )


def _each(total: float, count: int) -> str:
    one = total / count
    if one < 1e-6:
        return f"{one * 1e9:.0f} ns"
    return f"{one * 1e6:.1f} µs" if one < 1e-3 else f"{one * 1e3:.2f} ms"
