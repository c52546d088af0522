"""After a verb: telling the host what was kept, and operators how it ended."""

from __future__ import annotations

from time import monotonic
from typing import Final, Self

from loyaltycore.ports.logs import Log, about, word
from loyaltycore.work.house import House
from loyaltycore.work.unit import Progress

_log: Final = Log("verbs")


def tell_committed(house: House, progress: Progress) -> None:
    """Call the host's hook, outside any unit; it can undo nothing, so what it raises is only logged."""
    hook = house.after_commit
    if hook is None or not (progress.commands or progress.activities):
        return
    from loyaltycore.work.committed import Committed  # noqa: PLC0415  most hosts have no hook

    try:
        hook(Committed(progress.commands, progress.activities))
    except Exception as error:  # noqa: BLE001  it is the host's code, and the commit stands
        _log.error("after_commit failed", commands=",".join(progress.commands), **about(error))


class Timing:
    """Times a verb or a block, and logs how it ended."""

    # A plain class, and no generator: every verb makes one.
    __slots__ = ("_house", "begun", "name", "tries")

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        self.name = name or "internal"
        """What is done, as the log calls it."""
        self.tries = 1
        """Which try is under way."""
        self.begun = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        seconds = monotonic() - self.begun
        if seconds > self._house.slow or _log.is_heard():
            self._tell(seconds, error)

    def _tell(self, seconds: float, error: BaseException | None) -> None:
        facts = {"verb": self.name, "seconds": round(seconds, 4), "tries": self.tries}
        if seconds > self._house.slow:
            _log.warning("verb was slow", **facts)
        if error is None:
            _log.debug("verb done", **facts)
        else:
            code = word(getattr(error, "code", ""))
            _log.debug("verb failed", **facts, error=type(error).__name__, code=code)
