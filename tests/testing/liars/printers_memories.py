"""Printers that remember an answer that was true once."""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import PrintOrder, PrintState, PrintStatus
from tests.testing.liars.honest_printer import BROKEN, NO_CONNECTION, HonestPrinter
from tests.testing.liars.honest_vendor import Answer, Vendor

_ENOUGH: Final = 10
_LAST: Final = frozenset({PrintState.DELIVERED, PrintState.CANCELLED, PrintState.REJECTED})


class NumbersItsKeys(HonestPrinter):
    """Gives the vendor a checksum of the key, because that wants a number."""

    def ask(self, verb: str, *arguments: Any) -> Answer:
        if verb == "place":
            document, key = arguments
            arguments = document, f"{crc32(key.encode())}"
        return super().ask(verb, *arguments)


class RemembersWhatWasNotThere(HonestPrinter):
    """Does not look again for an order that was not there."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        super().__init__(vendor, reachable=reachable)
        self._missing: set[str] = set()

    def find(self, reference: str) -> PrintStatus | None:
        found = None if reference in self._missing else super().find(reference)
        if found is None:
            self._missing.add(reference)
        return found


class OpensTheCircuit(HonestPrinter):
    """Makes no call of a kind any more after ten failures of that kind in a row."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        super().__init__(vendor, reachable=reachable)
        self._failures: dict[str, int] = {}

    def ask(self, verb: str, *arguments: Any) -> Answer:
        if self._failures.get(verb, 0) >= _ENOUGH:
            return Answer(NO_CONNECTION)
        answer = super().ask(verb, *arguments)
        failed = answer.status in {NO_CONNECTION, BROKEN, 500}
        self._failures[verb] = self._failures.get(verb, 0) + 1 if failed else 0
        return answer


class ChecksEachOrderOnce(HonestPrinter):
    """Remembers what was wrong with an order, although it has been mended."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        super().__init__(vendor, reachable=reachable)
        self._faults: dict[str, tuple[Fault, ...]] = {}

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        if order.reference not in self._faults:
            self._faults[order.reference] = super().validate(order)
        return self._faults[order.reference]


class EndsWithTheFirstEnd(HonestPrinter):
    """Does not look again at a card that has arrived, or that was given up."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        super().__init__(vendor, reachable=reachable)
        self._ends: dict[str, PrintStatus] = {}

    def find(self, reference: str) -> PrintStatus | None:
        found = self._ends.get(reference) or super().find(reference)
        if found is not None and found.state in _LAST:
            self._ends[reference] = found
        return found


MEMORY_LIARS: Final = (
    NumbersItsKeys,
    RemembersWhatWasNotThere,
    OpensTheCircuit,
    ChecksEachOrderOnce,
    EndsWithTheFirstEnd,
)
