"""The progress display, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from loyaltycore.cli.progress import Progress


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock to be set by hand."""
    now = [0.0]
    monkeypatch.setattr("loyaltycore.cli.progress.time.monotonic", lambda: now[0])
    return now


def test_elsewhere_a_line_now_and_then(clock: list[float]) -> None:
    """A file gets the first state, then one every five seconds, and always the last one, in whole lines."""
    stream = io.StringIO()
    with Progress("work", stream) as progress:
        for done in range(11):
            progress.show(done / 10, f"{done} of 10")
            clock[0] += 1
    assert stream.getvalue().splitlines() == [
        "work   0% 0 of 10",
        "work  50% 5 of 10",
        "work 100% 10 of 10",
    ]


def test_on_a_terminal_one_line_that_grows(clock: list[float]) -> None:
    """A terminal gets one line that is written again and again, and is left at the beginning of the next one."""
    stream = Terminal()
    with Progress("work", stream) as progress:
        for done in range(3):
            progress.show(done / 2, f"{done} of 2")
            clock[0] += 1
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert written.endswith("\n")
    assert written.split("\r\x1b[K")[2:] == [
        f"work [{'#' * 15}{'.' * 15}]  50% 1 of 2",
        f"work [{'#' * 30}] 100% 2 of 2\n",
    ]


def test_makes_room_for_other_lines(clock: list[float]) -> None:
    """Before a line of something else is written the bar goes away; afterwards it comes back."""
    stream = Terminal()
    progress = Progress("work", stream)
    progress.show(0.5, "half")
    progress.clear()
    assert stream.getvalue().endswith("\r\x1b[K")
    clock[0] += 1
    progress.show(0.5, "half")
    assert stream.getvalue().endswith("half")


def test_no_work_leaves_no_trace() -> None:
    """Where nothing was shown, nothing is written."""
    stream = Terminal()
    with Progress("work", stream):
        pass
    assert stream.getvalue() == ""
