"""Gateways for text messages that change texts, or mix up texts and numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.liar import Liar

_EXTENSION: Final = "^{}\\[~]|€\f"
_LIKE: Final = {"\u2019": "'", "“": '"', "”": '"', "…": ".", "\u2013": "-", "\u00a0": " "}
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà" + _EXTENSION
)


class _ChangesTexts(HonestGateway):
    """Hands over another text than it was given."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, text=self.changed(sms.text))

    def changed(self, text: str) -> str:
        """What it hands over."""
        raise NotImplementedError


class CutsAfterTenMessages(_ChangesTexts):
    """Sends the first ten messages of a long text."""

    def changed(self, text: str) -> str:
        return text[: 10 * (153 if _GSM.issuperset(text) else 67)]


class CountsOneForAll(_ChangesTexts):
    """Cuts a text that is longer than one message, because characters of the extension table count two."""

    def changed(self, text: str) -> str:
        size = 0
        for place, character in enumerate(text):
            size += 2 if character in _EXTENSION else 1
            if len(text) <= 160 < size:
                return text[:place]
        return text


class SplitsEscapes(_ChangesTexts):
    """Loses a character of the extension table that stands on the edge of two messages."""

    def changed(self, text: str) -> str:
        if len(text) <= 160 or not _GSM.issuperset(text):
            return text
        edges = range(152, len(text), 153)
        return "".join(
            character
            for place, character in enumerate(text)
            if place not in edges or character not in _EXTENSION
        )


class TearsPairs(_ChangesTexts):
    """Cuts a text of other scripts into messages in the middle of a character."""

    def changed(self, text: str) -> str:
        if _GSM.issuperset(text):
            return text
        octets = text.encode("utf-16-be")
        if len(octets) <= 140:
            return text
        return "".join(
            octets[start : start + 134].decode("utf-16-be", "replace") for start in range(0, len(octets), 134)
        )


class DropsTheExtensionTable(_ChangesTexts):
    """Knows the alphabet of GSM without its extension table."""

    def changed(self, text: str) -> str:
        return re.sub(r"[\^{}\\\[~\]|]", "", text)


class SpellsTheEuro(_ChangesTexts):
    """Writes a word in the place of a sign of money."""

    def changed(self, text: str) -> str:
        return text.replace("€", "EUR")


class SaysItInGsm(_ChangesTexts):
    """Replaces what the alphabet of GSM does not have with what looks like it."""

    def changed(self, text: str) -> str:
        return "".join(_LIKE.get(character, character) for character in text)


class DropsAccents(_ChangesTexts):
    """Drops accents that the alphabet of GSM does not have."""

    def changed(self, text: str) -> str:
        return "".join(
            character if character in _GSM else unicodedata.normalize("NFD", character)[0]
            for character in text
        )


class TrimsMessages(_ChangesTexts):
    """Takes blanks away at both ends of a text."""

    def changed(self, text: str) -> str:
        return text.strip()


class ComposesMessages(_ChangesTexts):
    """Puts letters and their accents together."""

    def changed(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


class KnowsOnePlane(_ChangesTexts):
    """Drops characters beyond the first plane in a long text."""

    def changed(self, text: str) -> str:
        return text if len(text) <= 70 else "".join(each for each in text if ord(each) < 0x10000)


class FillsTheText(_ChangesTexts):
    """Fills placeholders in a text."""

    def changed(self, text: str) -> str:
        return re.sub(r"\{[^}]*\}", "", text)


class ReadsEntities(_ChangesTexts):
    """Reads a text as if it were part of a form: plus signs are blanks."""

    def changed(self, text: str) -> str:
        return text.replace("+", " ")


class DropsASecondText(HonestGateway):
    """Takes an equal text to the same number for a repetition."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._known: set[tuple[str, str]] = set()

    def send(self, sms: SmsText) -> Receipt:
        if (sms.to, sms.text) in self._known:
            return Receipt(DeliveryStatus.ACCEPTED)
        self._known.add((sms.to, sms.text))
        return super().send(sms)


class ComparesTheEnds(HonestGateway):
    """Takes numbers for one that end alike."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._numbers: dict[str, str] = {}

    def send(self, sms: SmsText) -> Receipt:
        number = self._numbers.setdefault(sms.to[-9:], sms.to)
        return evolve(super().send(evolve(sms, to=number)), recipient=sms.to)


class ComparesTheBeginnings(HonestGateway):
    """Cuts a number after twelve digits."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._numbers: dict[str, str] = {}

    def send(self, sms: SmsText) -> Receipt:
        number = self._numbers.setdefault(sms.to[:13], sms.to)
        return evolve(super().send(evolve(sms, to=number)), recipient=sms.to)


class SendsAgainIfItMay(HonestGateway):
    """Sends a text twice that may be sent twice."""

    def send(self, sms: SmsText) -> Receipt:
        if not sms.at_most_once:
            super().send(evolve(sms, message_id=f"{sms.message_id}.again"))
        return super().send(sms)


class RefusesToRepeat(HonestGateway):
    """Rejects a text that may be sent twice."""

    def send(self, sms: SmsText) -> Receipt:
        if not sms.at_most_once:
            return Receipt(DeliveryStatus.REJECTED, recipient=sms.to, code="no_repetitions")
        return super().send(sms)


class MakesIdsOfItsOwn(HonestGateway):
    """Gives every try an id of its own."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, message_id=f"{sms.message_id}.{len(self.post.taken)}")


class CutsIds(HonestGateway):
    """Hands over the first twelve characters of an id."""

    def taken(self, sms: SmsText) -> SmsText:
        return evolve(sms, message_id=sms.message_id[:12])


class SharesItsNote(HonestGateway):
    """Writes the texts of all threads on one note."""

    _note: SmsText
    _size = 0

    def taken(self, sms: SmsText) -> SmsText:
        self._note = sms
        self._size = len(sms.text)
        return self._note


class LosesEveryTwentieth(HonestGateway):
    """Loses every twentieth text."""

    _count = 0

    def send(self, sms: SmsText) -> Receipt:
        self._count += 1
        return super().send(sms) if self._count % 20 else Receipt(DeliveryStatus.ACCEPTED)


WORD_LIARS: Final[tuple[Liar[HonestGateway], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        CutsAfterTenMessages,
        CountsOneForAll,
        SplitsEscapes,
        TearsPairs,
        DropsTheExtensionTable,
        SpellsTheEuro,
        SaysItInGsm,
        DropsAccents,
        TrimsMessages,
        ComposesMessages,
        KnowsOnePlane,
        FillsTheText,
        ReadsEntities,
        DropsASecondText,
        ComparesTheEnds,
        ComparesTheBeginnings,
        SendsAgainIfItMay,
        RefusesToRepeat,
        MakesIdsOfItsOwn,
        CutsIds,
        SharesItsNote,
        LosesEveryTwentieth,
    )
)
"""Gateways that change texts, or mix up texts and numbers."""
