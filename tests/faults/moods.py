"""A network with moods: requests are lost, answers are lost or cut, and now and then nothing answers at all."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Mapping

from tests.adapters.cardprint.proxy import Proxy, reset

RESET_BEFORE = "reset before the request"
REQUEST_LOST = "request lost"
ANSWER_LOST = "answer lost"
ANSWER_CUT = "answer cut"
BLACK_HOLE = "black hole"
TOO_LATE = "too late"
"""The request arrives when the client has long given up."""

FINE = "passed on"

TOWARDS_THE_VENDOR: Mapping[str, float] = {
    RESET_BEFORE: 0.06,
    REQUEST_LOST: 0.06,
    ANSWER_LOST: 0.12,
    ANSWER_CUT: 0.08,
    BLACK_HOLE: 0.02,
    TOO_LATE: 0.02,
}
"""How likely each mood is for one request; most of them hide what the vendor has done."""

TOWARDS_THE_SHOP: Mapping[str, float] = {REQUEST_LOST: 0.05, ANSWER_LOST: 0.15}
"""The same for webhooks: some never arrive, and many acknowledgements are lost."""


class Moods:
    """Treats the requests on a proxy as it feels, until it is calm."""

    def __init__(self, shares: Mapping[str, float], chance: random.Random, silence: float) -> None:
        self.tally: Counter[str] = Counter()
        """How often each mood was felt."""
        self.calm = False
        """Whether everything is passed on."""
        self._shares = shares
        self._chance = chance
        self._silence = silence
        self._lock = threading.Lock()

    def __call__(self, running: Proxy, client: socket.socket) -> None:
        """Serve one connection."""
        if self._shares.get(RESET_BEFORE) and self._feels(RESET_BEFORE):
            reset(client)
            return
        while request := running.read_request(client):
            mood = self._mood()
            if mood == REQUEST_LOST:
                reset(client)
                return
            if mood in {BLACK_HOLE, TOO_LATE}:
                running.wait(self._silence)
                if mood == BLACK_HOLE:
                    return
            answer = running.ask(request)
            if mood == ANSWER_LOST or not answer:
                reset(client)
                return
            if mood == ANSWER_CUT:
                client.sendall(answer[: len(answer) // 2])
                return
            client.sendall(answer)

    def _feels(self, mood: str) -> bool:
        with self._lock:
            felt = not self.calm and self._chance.random() < self._shares[mood]
            self.tally[mood] += felt
        return felt

    def _mood(self) -> str:
        with self._lock:
            names = [name for name in self._shares if name != RESET_BEFORE]
            weights = [0.0 if self.calm else self._shares[name] for name in names]
            mood = self._chance.choices([*names, FINE], [*weights, 1 - sum(weights)])[0]
            self.tally[mood] += 1
        return mood
