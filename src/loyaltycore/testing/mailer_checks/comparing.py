"""What has arrived, held against what was sent: field by field, and octet by octet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.testing.letters import ONE_TOUCH, ReceivedMail

_BRACKETED: Final = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>\s*", re.DOTALL)
_SHOWN: Final = 60
_AROUND: Final = 20


@frozen
class Mailbox:
    """What a header such as From says."""

    name: str
    address: str

    @classmethod
    def of(cls, value: str) -> Mailbox:
        """Read a decoded value, with the name in quotes or without."""
        found = _BRACKETED.fullmatch(value)
        if found is None:
            return cls("", value.strip())
        name = found["name"].strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        return cls(name, found["address"].strip())

    def is_at(self, address: str) -> bool:
        """Whether it is this address, whatever the form of its domain."""
        return in_ascii(self.address.strip()) == in_ascii(address.strip())


def in_ascii(address: str) -> str:
    """An address with its domain in the form that every server knows."""
    local, at, domain = address.rpartition("@")
    labels = (label if label.isascii() else _a_label(label) for label in domain.lower().split("."))
    return f"{local}{at}{'.'.join(labels)}"


def _a_label(label: str) -> str:
    return f"xn--{label.encode('punycode').decode('ascii')}"


def differences(received: ReceivedMail, email: Email, address: str, own: Mailbox) -> list[str]:
    """In what a copy differs from the mail, in words.

    Args:
        address: Whose copy it is.
        own: What From says if a mail names no sender.
    """
    return [
        *_of_headers(received, email, address, own),
        *_of_text("text", received.text, email.text),
        *_of_text("html", received.html, email.html),
        *_of_files(received.attachments, email.attachments),
    ]


def _of_headers(received: ReceivedMail, email: Email, address: str, own: Mailbox) -> Iterator[str]:
    for name in ("Subject", "From", "To", "Message-ID", "Reply-To"):
        if len(received.values(name)) > 1:
            yield f"{name} is there {len(received.values(name))} times"
    subject = "".join(received.values("Subject")).strip()
    if subject != email.subject.strip():
        yield _unlike("subject", subject, email.subject.strip())
    sender = Mailbox.of("".join(received.values("From")))
    if not sender.is_at(email.sender or own.address):
        yield f"it comes from {sender.address!r}, not from {email.sender or own.address!r}"
    names = {email.sender_name.strip()} if email.sender_name else {own.name, ""}
    if sender.name.strip() not in names:
        yield f"the sender is called {sender.name!r}, not {' or '.join(map(repr, sorted(names)))}"
    yield from _of_answers(received, email, sender)
    yield from _of_the_way_out(received, email)
    to = "".join(received.values("To"))
    if not Mailbox.of(to).is_at(address):
        yield f"To is {to!r} in the copy for {address!r}"
    for name in ("Cc", "Bcc"):
        if received.values(name):
            yield f"it has a {name}"


def _of_answers(received: ReceivedMail, email: Email, sender: Mailbox) -> Iterator[str]:
    found = "".join(received.values("Reply-To"))
    expected = email.reply_to or sender.address
    if (found or email.reply_to) and not Mailbox.of(found).is_at(expected):
        yield f"answers go to {found or sender.address!r}, not to {expected!r}"


def _of_the_way_out(received: ReceivedMail, email: Email) -> Iterator[str]:
    """Both headers belong together; what a provider adds to other mails is its own."""
    if not email.unsubscribe:
        return
    for name, wanted in (
        ("List-Unsubscribe", f"<{email.unsubscribe}>"),
        ("List-Unsubscribe-Post", ONE_TOUCH),
    ):
        found = [value.strip() for value in received.values(name)]
        if found != [wanted]:
            yield f"{name} is {found}, not {[wanted]}"


def _of_text(part: str, found: str, expected: str) -> Iterator[str]:
    if _lines(found) != _lines(expected):
        yield _unlike(part, _lines(found), _lines(expected))


def _lines(text: str) -> str:
    """A text with one kind of line end, and none at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _of_files(found: Sequence[Attachment], expected: Sequence[Attachment]) -> Iterator[str]:
    names, wanted = [file.name.strip() for file in found], [file.name.strip() for file in expected]
    if names != wanted:
        yield f"the files are called {names}, not {wanted}"
        return
    for file, other in zip(found, expected, strict=True):
        if _kind(file) != _kind(other):
            yield f"the file {other.name!r} is {_kind(file)!r}, not {_kind(other)!r}"
        if file.content != other.content:
            place = _first_difference(file.content, other.content)
            yield (
                f"the file {other.name!r} has {len(file.content)} octets of {len(other.content)}, and differs at {place}"
            )


def _kind(file: Attachment) -> str:
    return file.media_type.partition(";")[0].strip().lower()


def _unlike(part: str, found: str, expected: str) -> str:
    place = _first_difference(found, expected)
    start = max(0, place - _AROUND)
    shown, wanted = found[start : start + _SHOWN], expected[start : start + _SHOWN]
    where = f" from character {start} on" if start else ""
    return f"the {part} arrives as {shown!r}, not as {wanted!r}{where}"


def _first_difference(found: str | bytes, expected: str | bytes) -> int:
    both = enumerate(zip(found, expected, strict=False))
    return next(
        (place for place, (one, other) in both if one != other),
        min(len(found), len(expected)),
    )
