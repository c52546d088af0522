"""Kills and freezes workers, kills the webhook receiver and the vendor, again and again, each at moments of its own."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

from loyaltycore.errors import DeliveryFailed
from tests.bounded import join, start
from tests.faults.prefork import Child
from tests.faults.town import LEASE, Town, end

WORKERS: Final = 3

_PAUSES: Final[Mapping[str, tuple[float, float]]] = {
    "workers": (0.15, 0.5),
    "receivers": (0.4, 1.0),
    "vendor": (0.7, 1.5),
    "catching up": (0.3, 0.8),
    "frozen": (0.3, 1.0),
}
"""Seconds between two strokes, from and to."""


class Havoc:
    """Strikes while the block lasts; afterwards everything is up again, and nothing more is killed."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        self.town = town
        self._chance = chance
        self.tally: Counter[str] = Counter()
        """How often each was struck."""
        self.faults: list[BaseException] = []
        """What the strokes met that must not happen."""
        self._stop = threading.Event()
        self._workers: list[Child] = []
        self._receiver: Child | None = None
        self._strokes: Mapping[str, Callable[[random.Random], None]] = {
            "workers": self._kill_worker,
            "receivers": self._kill_receiver,
            "vendor": lambda _: self.town.kill_vendor(),
            "catching up": self._catch_up,
            "frozen": lambda _: self._freeze_worker(),
        }
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._workers = [self.town.start_worker() for _ in range(WORKERS)]
        self._receiver = self.town.start_receiver()
        self._threads = [
            start(self._repeat, name, stroke, random.Random(self._chance.random()))  # noqa: S311  repeatable
            for name, stroke in self._strokes.items()
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        join(*self._threads)
        self.town.to_vendor.calm = self.town.to_shop.calm = True

    def end_all(self) -> list[int]:
        """Ask workers and receiver to end; answers their exit codes."""
        assert self._receiver
        return [end(child) for child in (*self._workers, self._receiver)]

    def _repeat(self, name: str, stroke: Callable[[random.Random], None], chance: random.Random) -> None:
        try:
            while not self._stop.wait(chance.uniform(*_PAUSES[name])):
                stroke(chance)
                self.tally[name] += 1
        except BaseException as error:  # noqa: BLE001  the test shall hear of it
            self.faults.append(error)

    def _kill_worker(self, chance: random.Random) -> None:
        number = chance.randrange(1, WORKERS)
        self._workers[number].kill()
        self._workers[number] = self.town.start_worker()

    def _freeze_worker(self) -> None:
        """Stop the first worker, which is never killed, for longer than it may hold what it holds."""
        os.kill(self._workers[0].pid, signal.SIGSTOP)
        self._stop.wait(1.1 * LEASE)
        os.kill(self._workers[0].pid, signal.SIGCONT)

    def _kill_receiver(self, chance: random.Random) -> None:
        assert self._receiver
        self._receiver.kill()
        self._stop.wait(chance.uniform(0, 0.2))
        self._receiver = self.town.start_receiver()

    def _catch_up(self, _: random.Random) -> None:
        try:
            self.town.loyalty.catch_up()
        except DeliveryFailed as error:
            if error.permanent:
                raise
            self.tally["catching up in vain"] += 1
