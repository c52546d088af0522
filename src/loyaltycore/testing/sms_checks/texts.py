"""Texts arrive as they are, at their numbers, each once."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.receipts import AGAIN
from loyaltycore.testing.sms_checks.base import ERIKA, MAX, READY, SmsChecks, text
from loyaltycore.testing.strategies.texting import (
    EXTENSION,
    GSM,
    OTHER_TEXTS,
    gsm_texts,
    sms_texts,
    texts_at_the_edges,
    very_long_texts,
)
from loyaltycore.testing.suite import examples, needs
from loyaltycore.testing.threads import in_threads

_ALIKE: Final = (
    ERIKA,
    ERIKA + "8",
    ERIKA + "89",
    ERIKA[:-1],
    "+43" + ERIKA[3:],
    "+390" + ERIKA[3:],
    ERIKA[:-2] + "76",
    "+1" + ERIKA[3:],
)


class TextChecks(SmsChecks, kit=True):
    """Tests of an other side that takes every text."""

    def test_what_was_accepted_was_taken_once(self) -> None:
        """One call is one text to one phone: "The other side has taken it over"."""
        with self.open() as gateway:
            self.deliver(gateway, text())
            taken = len(self.peek(gateway, ERIKA)), len(self.peek(gateway, MAX))
        assert taken == (1, 0), f"{taken[0]} texts have arrived, and {taken[1]} at another number"

    def test_the_answer_is_a_receipt(self) -> None:
        """The receipt names the number, or nobody because there is only one: "The answer to a hand-over"."""
        with self.open() as gateway:
            receipt = gateway.send(text())
        assert isinstance(receipt, Receipt), f"the answer is {receipt!r}"
        assert receipt.recipient in {"", ERIKA}, f"the receipt is about {receipt.recipient!r}"

    def test_texts_arrive_to_the_letter(self) -> None:
        """The alphabet of GSM and its extension table arrive, and line ends: "Every character counts"."""
        words = ["Größe: 100 %, @Café", "Zeile 1\nZeile 2", "a", '"quoted" & <signed>', GSM, EXTENSION]
        words += ["  blanks around  ", "https://shop.example/c?a=1&b=2#d www.shop.example"]
        sent = [text(f"id-{number}", words=each) for number, each in enumerate(words)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    @needs("long_texts")
    def test_any_gsm_text_arrives(self) -> None:
        """Generated texts of one message and of some, with characters that count two: "none is replaced"."""

        @examples(30)
        @given(words=gsm_texts(), at_most_once=st.booleans())
        def holds(*, words: str, at_most_once: bool) -> None:
            sent = [text(words=words, at_most_once=at_most_once)]
            with self.open() as gateway:
                self.deliver(gateway, *sent)
                self.compare(gateway, sent)

        holds()

    @needs("long_texts")
    def test_texts_arrive_whole_where_a_message_ends(self) -> None:
        """A character that counts two is not lost between two messages: "a long one takes several messages"."""
        words = texts_at_the_edges()
        sent = [text(f"id-{number}", words=each) for number, each in enumerate(words)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    @needs("unicode")
    def test_other_alphabets_arrive(self) -> None:
        """What the alphabet of GSM does not have is not replaced by what looks like it: "none is replaced"."""
        sent = [text(f"id-{number}", words=each) for number, each in enumerate(OTHER_TEXTS)]
        possible = sent if self.capabilities.long_texts else [_shortened(sms) for sms in sent]
        with self.open() as gateway:
            self.deliver(gateway, *possible)
            self.compare(gateway, possible)

    @needs("unicode")
    def test_any_character_arrives(self) -> None:
        """Generated texts of any language, one after the other, arrive to the letter: "Hand one text over"."""

        @examples(30)
        @given(st.lists(sms_texts(), min_size=1, max_size=3, unique_by=lambda sms: sms.message_id))
        def holds(sent: list[SmsText]) -> None:
            possible = sent if self.capabilities.long_texts else [_shortened(sms) for sms in sent]
            with self.open() as gateway:
                self.deliver(gateway, *possible)
                self.compare(gateway, possible)

        holds()

    @needs("long_texts")
    def test_long_texts_arrive_whole(self) -> None:
        """A text that takes several messages is not cut: "The text, as it is to arrive"."""
        sent = [text(words="Ihre Karte ist da. " * 40), text("id-2", MAX, words="Größe 5 € " * 100)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    def test_very_long_texts_arrive_whole_or_not_at_all(self) -> None:
        """A text of more than ten messages is carried or refused, and never cut: "at that number and no other; what cannot arrive like that is rejected"."""
        words = [*very_long_texts(GSM + EXTENSION)]
        if self.capabilities.unicode:
            words += very_long_texts("".join(OTHER_TEXTS))
        sent = [text(f"id-{number}", words=each) for number, each in enumerate(words)]
        with self.open() as gateway:
            receipts = [self.send(gateway, sms) for sms in sent]
            taken = [
                sms
                for sms, receipt in zip(sent, receipts, strict=True)
                if receipt.status is DeliveryStatus.ACCEPTED
            ]
            again = [receipt.detail for receipt in receipts if receipt.status in AGAIN]
            assert again == [], f"a text that cannot be carried is tried again and again: {again[0]!r}"
            self.compare(gateway, taken)
            assert taken or not self.peek(gateway, ERIKA), "a text was rejected, and has arrived"

    def test_numbers_that_are_alike_are_told_apart(self) -> None:
        """Numbers that begin or end alike are different phones: "every digit counts"."""
        sent = [text(f"id-{number}", to, f"{READY} {number}") for number, to in enumerate(_ALIKE)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    def test_a_second_text_like_the_first_arrives(self) -> None:
        """Texts that differ by their id alone are two: "Our own id of the message; passed on where the other side recognises a repetition by it"."""
        sent = [text(f"card-order-confirmation-{number}") for number in range(3)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    def test_what_may_come_twice_comes_once(self) -> None:
        """A text that may be sent again after an unknown outcome is sent once where the outcome is known: "Hand one text over"."""
        sent = [text("id-1", at_most_once=False), text("id-2", MAX, at_most_once=True)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    def test_many_texts_in_a_row_arrive(self) -> None:
        """None of forty texts is lost or changed by those before it: "What is accepted arrives as `SmsText` says"."""
        sent = [text(f"id-{number}", words=f"{READY} {number}") for number in range(40)]
        with self.open() as gateway:
            self.deliver(gateway, *sent)
            self.compare(gateway, sent)

    def test_threads_may_send_at_the_same_time(self) -> None:
        """Texts that are sent at the same time arrive as if one had waited for the other: "Threads may share a gateway"."""
        sent = [text(f"id-{number}", f"+4917012345{number:02}", f"{READY} {number}") for number in range(60)]
        with self.open() as gateway:
            in_threads(lambda sms: self.deliver(gateway, sms), sent)
            self.compare(gateway, sent)

    @needs("recognises")
    def test_a_repetition_is_recognised(self) -> None:
        """The same text under its id arrives once, and under an id that is alike again: "recognises a repetition by it"."""
        # The last two have one CRC.
        ends = ("confirmation-0", "confirmation-1", "plumless", "buckeroo")
        sent = [text(f"card-order-{end}") for end in ends]
        with self.open() as gateway:
            self.deliver(gateway, *sent, *sent)
            self.compare(gateway, sent)


def _shortened(sms: SmsText) -> SmsText:
    return evolve(sms, text=sms.text[:35])
