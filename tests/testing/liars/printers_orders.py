"""Card printers that are wrong about what the vendor can do, or have something else made than was ordered."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

from attrs import evolve

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import EncodingKind, PostalAddress, PrintOrder
from loyaltycore.ports.card_printing import CardSlot, PrinterCapabilities, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.honest_vendor import Document


class SaysNothing(HonestPrinter):
    """Accepts an order without a word about it."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place, in silence."""
        return evolve(super().submit(order, key), status=None)


class RejectsLongComments(HonestPrinter):
    """Rejects what `validate` did not name."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place what is short."""
        if len(order.comment) > 30:
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="comment"))
        return super().submit(order, key)


class NamesWhatIsRight(HonestPrinter):
    """Finds fault with collective shipments that it offers."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name what is no fault."""
        return (Fault("bulk", "unwanted", "is unwanted"),) if order.bulk else super().validate(order)


class NamesCompanies(HonestPrinter):
    """Finds fault with addresses that the vendor takes."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name companies, too."""
        strange = [Fault("ship_to.company", "unwanted", "is unwanted")] if order.ship_to.company else []
        return (*super().validate(order), *strange)


class DropsWhatItCannotDo(HonestPrinter):
    """Offers no magnetic stripe, and says nothing when one is ordered."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """Texts and codes."""
        return PrinterCapabilities(encodings=frozenset({EncodingKind.TEXT, EncodingKind.CODE128}))

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name nothing."""
        return ()


class NamesNothing(HonestPrinter):
    """Leaves it to the vendor to find what is wrong."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name nothing."""
        return ()


class ForgetsLineLengths(HonestPrinter):
    """Does not know how long a line of an address may be."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name all but that."""
        return tuple(fault for fault in super().validate(order) if not fault.field.startswith("ship_to."))


class ChangesItsOffer(HonestPrinter):
    """Offers less once it has an order."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What it can do today."""
        return evolve(super().capabilities, bulk=not self.vendor.orders)


class ReadsItsOffer(HonestPrinter):
    """Reads what it can do from a file whenever it is asked."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What the file says."""
        Path(__file__).read_text("utf-8")
        return super().capabilities


class ReadsWhatIsWrong(HonestPrinter):
    """Reads the vendor's rules from a file for every order."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name what the file says."""
        Path(__file__).read_text("utf-8")
        return super().validate(order)


class AsksWhatIsWrong(HonestPrinter):
    """Needs the vendor to check an order."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name it, if somebody answers."""
        if not self.vendor.reachable:
            return (Fault("order", "unchecked", "nobody answers"),)
        return super().validate(order)


class CutsLongValues(HonestPrinter):
    """Puts the first 30 characters of a value on the card."""

    def written(self, order: PrintOrder) -> Document:
        """Write a part."""
        short = tuple(evolve(encoding, value=encoding.value[:30]) for encoding in order.encodings)
        return super().written(evolve(order, encodings=short))


class ForgetsPlaces(HonestPrinter):
    """Leaves it to the vendor where a value goes."""

    def written(self, order: PrintOrder) -> Document:
        """Write no places."""
        placeless = tuple(evolve(encoding, slot="") for encoding in order.encodings)
        return super().written(evolve(order, encodings=placeless))


class SendsOneValue(HonestPrinter):
    """Puts one value on the card."""

    def written(self, order: PrintOrder) -> Document:
        """Write the first."""
        return super().written(evolve(order, encodings=order.encodings[:1]))


class SendsOneOfAKind(HonestPrinter):
    """Puts one text, one code and so on on the card."""

    def written(self, order: PrintOrder) -> Document:
        """Write the last of each kind."""
        by_kind = {encoding.kind: encoding for encoding in order.encodings}
        return super().written(evolve(order, encodings=tuple(by_kind.values())))


class WritesAscii(HonestPrinter):
    """Takes the accents off letters."""

    def written(self, order: PrintOrder) -> Document:
        """Write plain letters."""
        plain = tuple(
            evolve(
                encoding,
                value=unicodedata.normalize("NFD", encoding.value).encode("ascii", "ignore").decode(),
            )
            for encoding in order.encodings
        )
        return super().written(evolve(order, encodings=plain))


class TrimsValues(HonestPrinter):
    """Takes blanks off the ends of values."""

    def written(self, order: PrintOrder) -> Document:
        """Write without them."""
        trimmed = tuple(evolve(encoding, value=encoding.value.strip()) for encoding in order.encodings)
        return super().written(evolve(order, encodings=trimmed))


class SendsOneByOne(HonestPrinter):
    """Sends every card in an envelope of its own."""

    def written(self, order: PrintOrder) -> Document:
        """Write no collective shipment."""
        return super().written(evolve(order, bulk=False))


class ForgetsLetters(HonestPrinter):
    """Encloses no letter."""

    def written(self, order: PrintOrder) -> Document:
        """Write no letter."""
        return super().written(evolve(order, cover_letter=""))


class ForgetsWhatALetterSays(HonestPrinter):
    """Encloses a letter without its values."""

    def written(self, order: PrintOrder) -> Document:
        """Write the letter alone."""
        return super().written(evolve(order, letter_variables=()))


class WritesInOneLanguage(HonestPrinter):
    """Encloses German letters."""

    def written(self, order: PrintOrder) -> Document:
        """Write German."""
        return super().written(evolve(order, language="de"))


class ForgetsComments(HonestPrinter):
    """Does not pass on what deviates from the standard order."""

    def written(self, order: PrintOrder) -> Document:
        """Write no comment."""
        return super().written(evolve(order, comment=""))


class _ChangesAddresses(HonestPrinter):
    def changed(self, to: PostalAddress) -> PostalAddress:
        """The address that is written."""
        return to

    def written(self, order: PrintOrder) -> Document:
        """Write another address."""
        return super().written(evolve(order, ship_to=self.changed(order.ship_to)))


class JoinsLines(_ChangesAddresses):
    """Writes the lines of an address into one."""

    def changed(self, to: PostalAddress) -> PostalAddress:
        """Join them."""
        return evolve(to, lines=(", ".join(to.lines)[:40],) if to.lines else ())


class DropsTheThirdLine(_ChangesAddresses):
    """Has room for two lines of an address."""

    def changed(self, to: PostalAddress) -> PostalAddress:
        """Cut them."""
        return evolve(to, lines=to.lines[:2] if len(to.lines) < 4 else to.lines)


class DropsCompanies(_ChangesAddresses):
    """Sends to people alone."""

    def changed(self, to: PostalAddress) -> PostalAddress:
        """Drop it."""
        return evolve(to, company="")


class CutsPostalCodes(_ChangesAddresses):
    """Has room for four characters of a postal code."""

    def changed(self, to: PostalAddress) -> PostalAddress:
        """Cut it."""
        return evolve(to, postal_code=to.postal_code[:4])


class SendsAtHome(_ChangesAddresses):
    """Takes every address for one in Germany."""

    def changed(self, to: PostalAddress) -> PostalAddress:
        """Move it."""
        return evolve(to, country="DE" if to.country.isupper() and len(to.country) == 2 else to.country)


class _HasTwoPlaces(HonestPrinter):
    @property
    def capabilities(self) -> PrinterCapabilities:
        """A number of 16 characters, and a name of 26."""
        text = frozenset({EncodingKind.TEXT})
        return PrinterCapabilities(text, slots=(CardSlot("number", text, 16), CardSlot("name", text, 26)))


class DropsWhatHasNoPlace(_HasTwoPlaces):
    """Leaves out values for places that its cards do not have."""

    def written(self, order: PrintOrder) -> Document:
        """Write what has a place."""
        kept = tuple(encoding for encoding in order.encodings if encoding.slot in {"number", "name"})
        return super().written(evolve(order, encodings=kept))


class CutsToItsPlaces(_HasTwoPlaces):
    """Cuts values that are too long for their places."""

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name values for other places."""
        strange = {encoding.slot for encoding in order.encodings} - {"number", "name"}
        return (*super().validate(order), *(Fault("slot", "unsupported", name) for name in strange))

    def written(self, order: PrintOrder) -> Document:
        """Write what fits."""
        limits = {slot.name: slot.limit for slot in self.capabilities.slots or ()}
        short = tuple(
            evolve(encoding, value=encoding.value[: limits.get(encoding.slot)])
            for encoding in order.encodings
        )
        return super().written(evolve(order, encodings=short))


class OrdersTwo(HonestPrinter):
    """Has two cards made, in case that one gets lost."""

    def written(self, order: PrintOrder) -> Document:
        """Write two copies."""
        return super().written(order) | {"copies": 2}


ORDER_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    SaysNothing,
    RejectsLongComments,
    NamesWhatIsRight,
    NamesCompanies,
    DropsWhatItCannotDo,
    NamesNothing,
    ForgetsLineLengths,
    ChangesItsOffer,
    ReadsItsOffer,
    ReadsWhatIsWrong,
    AsksWhatIsWrong,
    CutsLongValues,
    ForgetsPlaces,
    SendsOneValue,
    SendsOneOfAKind,
    WritesAscii,
    TrimsValues,
    SendsOneByOne,
    ForgetsLetters,
    ForgetsWhatALetterSays,
    WritesInOneLanguage,
    ForgetsComments,
    JoinsLines,
    DropsTheThirdLine,
    DropsCompanies,
    CutsPostalCodes,
    SendsAtHome,
    DropsWhatHasNoPlace,
    CutsToItsPlaces,
    OrdersTwo,
)
