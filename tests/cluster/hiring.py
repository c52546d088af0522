"""Starts staff in processes of their own, and listens to what they say."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.bounded import end, join, start

_ROOT: Final = Path(__file__).parents[2]
_STAFF: Final = "tests.cluster.staff"
_READY: Final = 30.0
_ENDING: Final = 60.0


class Employee:
    """One process of the staff, and everything that it has said."""

    def __init__(self, role: str, log: Path, **options: Any) -> None:
        self.said: list[dict[str, Any]] = []
        """Its words, in order."""
        self._log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _STAFF, role, json.dumps(options)],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
            )
        self._listening = start(self._listen)

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The orders that it has placed."""
        return [word for word in self.said if "order" in word]

    @property
    def repeated(self) -> Counter[str]:
        """What its calls ended with that it had to repeat."""
        return Counter(word["repeated"] for word in self.said if "repeated" in word)

    @property
    def ends(self) -> Counter[str]:
        """What its units ended with; known at its end."""
        return Counter(next((word["ends"] for word in self.said if "ends" in word), {}))

    def await_ready(self) -> None:
        """Wait until it has begun."""
        end = time.monotonic() + _READY
        while not any("ready" in word for word in self.said):
            assert time.monotonic() < end, self._log.read_text("utf-8")
            assert self._process.poll() is None, self._log.read_text("utf-8")
            time.sleep(0.02)

    def finish(self, patience: float = _ENDING) -> None:
        """Tell it to end, and wait."""
        assert self._process.stdin
        self._process.stdin.close()
        ended = self._process.wait(patience)
        join(self._listening)
        assert ended == 0, self._log.read_text("utf-8")

    def dismiss(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait(_ENDING)
        join(self._listening)
        end(self._process)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.said.append(json.loads(line))


class Team:
    """Employees who are all gone when the block ends."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "staff.log"
        self._employees: list[Employee] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for employee in self._employees:
            employee.dismiss()

    def hire(self, role: str, **options: Any) -> Employee:
        """Start one."""
        employee = Employee(role, self._log, **options)
        self._employees.append(employee)
        return employee


def longest_pause(employees: list[Employee]) -> float:
    """The longest time in which none of them placed an order, in seconds."""
    times = sorted(word["at"] for employee in employees for word in employee.orders)
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


def slowest(employee: Employee) -> float:
    """The longest time that one of its orders took, in seconds."""
    return max((word["took"] for word in employee.orders), default=0.0)
