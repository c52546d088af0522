"""Card printers that make a card too many or too few, or find the wrong order."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintOrder, PrintState, PrintStatus
from loyaltycore.ports.card_printing import PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_printer import BROKEN, HonestOnDisk, HonestPrinter
from tests.testing.liars.honest_vendor import Answer


class _Remembers(HonestPrinter):
    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.keys: dict[str, PrintOrder] = {}
        self.references: set[str] = set()
        self.calls_made = 0

    def numbered(self, key: str) -> str:
        """A key that the vendor has not seen."""
        self.calls_made += 1
        return f"{key[:100]}.{self.calls_made}.{id(self)}"


class PrintsTwice(_Remembers):
    """Makes a card for every call, and forgets the key."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place the order as a new one."""
        return super().submit(order, self.numbered(key))


class KeepsKeysToItself(_Remembers):
    """Remembers keys as long as it lives, and gives the vendor none."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, or say what became of it."""
        held = self.keys.setdefault(key, order)
        if held is not order:
            if held != order:
                return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="key_is_taken"))
            status = self.find(order.reference)
            return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED), status)
        answer = super().submit(order, self.numbered(key))
        if answer.receipt.status is not DeliveryStatus.ACCEPTED:
            del self.keys[key]
        return answer


class KeepsKeysInItsProcess(HonestOnDisk, _Remembers):
    """Remembers keys as long as its process lives, and gives the vendor none."""

    known: ClassVar[set[str]] = set()

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place what is not known here."""
        found = self.find(order.reference) if key in self.known else None
        if found is not None:
            return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED), found)
        self.known.add(key)
        return super().submit(order, self.numbered(key))


class ChecksBeforeItLocks(_Remembers):
    """Recognises a repetition, unless two come at the same time."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Look, wait a little, and place."""
        known = order.reference in self.references
        self.pause()
        self.references.add(order.reference)
        return super().submit(order, key if known else self.numbered(key))


class MixesUpThreads(_Remembers):
    """Has one place for the order that it is about to submit."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Put it there, and take what is there."""
        self.keys["current"] = order
        self.pause()
        return super().submit(self.keys["current"], key)


class NumbersEveryCall(_Remembers):
    """Gives a repeated order another number."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, and count."""
        answer = super().submit(order, key)
        self.calls_made += 1
        return evolve(answer, status=answer.status and evolve(answer.status, vendor_id=f"v{self.calls_made}"))


class TakesTheKeyForTheOrder(_Remembers):
    """Answers whatever comes with a known key with the order that came with it first."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, or look at the key alone."""
        return super().submit(self.keys.setdefault(key, order), key)


class TakesAChangeForARepetition(_Remembers):
    """Accepts an order that was changed since it came first, and leaves it as it was."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, or look at the reference alone."""
        return super().submit(self.keys.setdefault(order.reference, order), key)


class CutsKeys(HonestPrinter):
    """Has room for 64 characters of a key."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place under a part of the key."""
        return super().submit(order, key[:64])


class CutsKeysByOne(HonestPrinter):
    """Has room for 127 characters of a key."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place under nearly all of the key."""
        return super().submit(order, key[:127])


class FoldsKeys(HonestPrinter):
    """Takes capitals in keys for small letters."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place under a folded key."""
        return super().submit(order, key.lower())


class CleansKeys(HonestPrinter):
    """Takes dots and hyphens out of keys."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place under a clean key."""
        return super().submit(order, key.replace(".", "_").replace("-", "_"))


class TakesOneOrderForAnother(HonestPrinter):
    """Makes one card for two orders that look alike."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, or find one that looks like it."""
        alike = self.written(order) | {"ref": ""}
        for held in self.vendor.orders:
            if held.document | {"ref": ""} == alike:
                return PrintReceipt(
                    Receipt(DeliveryStatus.ACCEPTED),
                    evolve(self._of(held.document["ref"]), reference=order.reference),
                )
        return super().submit(order, key)

    def _of(self, reference: str) -> PrintStatus:
        found = self.find(reference)
        assert found is not None
        return found


class TriesAgain(_Remembers):
    """Orders again by itself when no answer comes, with another key."""

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Ask, and ask."""
        answer = super().ask(verb, *arguments)
        if verb == "place" and answer.status == BROKEN:
            return super().ask(verb, arguments[0], self.numbered(arguments[1]))
        return answer


class OrdersAgainWhatWasCancelled(_Remembers):
    """Takes the repetition of a cancelled order for a new one."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, and place again."""
        answer = super().submit(order, key)
        if answer.status is not None and answer.status.state is PrintState.CANCELLED:
            return super().submit(order, self.numbered(key))
        return answer


class FindsNothing(HonestPrinter):
    """Has forgotten every order."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look nowhere."""
        return None


class FindsTheLast(HonestPrinter):
    """Gives the last order for any reference that it does not know."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, and give something."""
        found = super().find(reference)
        if found is None and self.vendor.orders:
            return super().find(self.vendor.orders[-1].document["ref"])
        return found


class FindsByTheBeginning(HonestPrinter):
    """Takes the beginning of a reference for the reference."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look for what begins so."""
        known = [held.document["ref"] for held in self.vendor.orders]
        whole = next((name for name in known if reference and name.startswith(reference)), reference)
        return super().find(whole)


class FindsInAnyCase(HonestPrinter):
    """Takes capitals in references for small letters."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look for what reads so."""
        return super().find(reference.lower())


class CutsReferences(HonestPrinter):
    """Has room for 32 characters of a reference."""

    written_by: ClassVar[int] = 32

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Ask about the beginning."""
        if verb in {"look", "stop"}:
            arguments = (arguments[0][: self.written_by],)
        elif verb == "place":
            document, key = arguments
            arguments = (document | {"ref": document["ref"][: self.written_by]}, key)
        return super().ask(verb, *arguments)


class RaisesForUnknownOrders(HonestPrinter):
    """Takes an unknown reference for a failure."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, or raise."""
        found = super().find(reference)
        if found is None:
            raise DeliveryFailed("not_found", "there is no such order", permanent=True)
        return found


KEY_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    PrintsTwice,
    KeepsKeysToItself,
    KeepsKeysInItsProcess,
    ChecksBeforeItLocks,
    MixesUpThreads,
    NumbersEveryCall,
    TakesTheKeyForTheOrder,
    TakesAChangeForARepetition,
    CutsKeys,
    CutsKeysByOne,
    FoldsKeys,
    CleansKeys,
    TakesOneOrderForAnother,
    TriesAgain,
    OrdersAgainWhatWasCancelled,
    FindsNothing,
    FindsTheLast,
    FindsByTheBeginning,
    FindsInAnyCase,
    CutsReferences,
    RaisesForUnknownOrders,
)
