"""Strategies for what leaves the house: mails, texts and print orders."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.check_digits import ean13
from loyaltycore.kernel.messages import Attachment, Email, SmsText
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore.testing.strategies.values import phone_numbers

_LETTERS: Final = "aAbBzZ äÄößéñøÇ0123456789-.,&/'"
_IDS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"

INJECTIONS: Final = (
    "Karte\r\nBcc: mallory@example.org",
    "Karte\nX-Injected: yes",
    "Karte\rX-Injected: yes",
    "Karte\r\n\r\nX-Injected: yes\r\n\r\nbody",
    "Karte\x0bX-Injected: yes",
    "Karte\u2028X-Injected: yes",
    "=?utf-8?q?Karte=0D=0AX-Injected:_yes?=",
)
"""Texts that try to become a header of their own."""


def own_ids() -> st.SearchStrategy[str]:
    """Our own ids, as the port `Ids` makes them."""
    return st.text(st.sampled_from(_IDS), min_size=8, max_size=40)


def email_addresses() -> st.SearchStrategy[str]:
    """Mail addresses in normal form."""
    names = st.from_regex(r"[a-z][a-z0-9]{0,8}([.+-][a-z0-9]{1,8})?", fullmatch=True)
    return st.builds(
        "{}@{}".format, names, st.sampled_from(["example.org", "example.com", "mail.example.net"])
    )


def attachments() -> st.SearchStrategy[Attachment]:
    """Small files of several kinds."""
    return st.builds(
        Attachment,
        name=st.sampled_from(["card.pdf", "Übersicht.pdf", "two words.txt"]),
        media_type=st.sampled_from(["application/pdf", "application/octet-stream", "text/csv"]),
        content=st.binary(max_size=300),
    )


def lines(max_size: int = 60) -> st.SearchStrategy[str]:
    """One line of text, without controls or surrounding blanks."""
    printable = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
    return st.text(printable, max_size=max_size).map(str.strip)


def emails() -> st.SearchStrategy[Email]:
    """Mails that a mailer takes, to one or more recipients."""
    return st.builds(
        Email,
        message_id=own_ids(),
        to=st.lists(email_addresses(), min_size=1, max_size=3, unique=True).map(tuple),
        subject=lines(),
        text=st.lists(lines(100), max_size=4).map("\n".join),
        html=st.sampled_from(["", "<p>Ihre Karte ist da.</p>"]),
        sender_name=lines(30),
        attachments=st.lists(attachments(), max_size=2).map(tuple),
    )


def sms_texts() -> st.SearchStrategy[SmsText]:
    """Texts to one phone."""
    return st.builds(SmsText, own_ids(), phone_numbers(), lines(200).filter(bool))


def printed(limit: int = 40) -> st.SearchStrategy[str]:
    """A text that any card printer can print."""
    text = st.text(st.sampled_from(_LETTERS), min_size=1, max_size=limit)
    return text.map(lambda found: found if found.strip() else "A")


def postal_addresses() -> st.SearchStrategy[PostalAddress]:
    """Addresses that a shipment can go to."""
    return st.builds(
        PostalAddress,
        name=printed(),
        lines=st.lists(printed(), min_size=1, max_size=3).map(tuple),
        postal_code=st.from_regex(r"[0-9]{5}", fullmatch=True),
        city=printed(),
        country=st.sampled_from(["DE", "AT", "CH"]),
        company=st.just("") | printed(),
    )


_VALUES: Final[dict[EncodingKind, st.SearchStrategy[str]]] = {
    EncodingKind.TEXT: printed(),
    EncodingKind.EAN13: st.integers(0, 10**12 - 1).map(lambda body: f"{body:012d}{ean13(f'{body:012d}')}"),
    EncodingKind.CODE128: st.text(st.sampled_from("ABCabc0123-"), min_size=1, max_size=20),
    EncodingKind.QR: st.text(st.sampled_from("ABCabc0123-:/"), min_size=1, max_size=60),
    EncodingKind.MAGSTRIPE_TRACK1: st.text(st.sampled_from("ABC0123^ "), min_size=1, max_size=60),
    EncodingKind.MAGSTRIPE_TRACK2: st.text(st.sampled_from("0123456789="), min_size=1, max_size=30),
    EncodingKind.MAGSTRIPE_TRACK3: st.text(st.sampled_from("0123456789="), min_size=1, max_size=90),
}


def encodings(kind: EncodingKind) -> st.SearchStrategy[Encoding]:
    """A value of that kind that fits on a card, in no slot."""
    return st.builds(Encoding, st.just(kind), _VALUES[kind])


@st.composite
def print_orders(
    draw: st.DrawFn,
    kinds: frozenset[EncodingKind] = frozenset(EncodingKind),
    products: tuple[str, ...] = ("gold",),
) -> PrintOrder:
    """Orders for a vendor that offers these kinds of encoding and these designs.

    Args:
        kinds: What may be on the card, each once.
    """
    chosen = draw(st.lists(st.sampled_from(sorted(kinds, key=str)), min_size=1, max_size=4, unique=True))
    return PrintOrder(
        reference=draw(own_ids()),
        product=draw(st.sampled_from(products)),
        encodings=tuple(
            evolve(draw(encodings(kind)), slot=f"slot_{place}") for place, kind in enumerate(chosen)
        ),
        ship_to=draw(postal_addresses()),
        bulk=draw(st.booleans()),
        comment=draw(st.just("") | printed()),
    )
