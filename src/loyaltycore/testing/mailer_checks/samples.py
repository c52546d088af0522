"""Mails made of every sample: plain ones, and odd ones with one odd thing each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.testing.strategies.mail_samples import (
    CONTENTS,
    FILE_NAMES,
    INJECTIONS,
    LATIN_LINES,
    MEDIA_TYPES,
    NAMES,
    ODD_ADDRESSES,
    ODD_FILE_NAMES,
    ODD_LINES,
    ODD_MEDIA_TYPES,
    ODD_TEXTS,
    OTHER_LINES,
    SUBJECTS,
)

_PLACE: Final = "  "
_LINE_ENDS: Final = ("\n", "\r\n", "\r")


def plain_mails() -> Iterator[Email]:
    """Mails that every mailer takes, in which every sample occurs."""
    all_lines = LATIN_LINES + OTHER_LINES
    for number in range(len(all_lines)):
        lines = LATIN_LINES if number % 2 else all_lines
        start = number % len(lines)
        body = _LINE_ENDS[number % 3].join(lines[start : start + 4])
        page = "\n".join([*OTHER_LINES[number % 3 :], *lines[start : start + 3]])
        yield Email(
            message_id=f"plain-{number}",
            to=(f"reader{number}@example.org",),
            subject=SUBJECTS[number % len(SUBJECTS)],
            text=body,
            html=f"<pre>{page}</pre>\n" if number % 3 == 0 else "",
            sender="" if number % 4 else f"branch{number}@example.org",
            sender_name=NAMES[number % len(NAMES)] if number % 5 else "",
            reply_to="" if number % 3 else f"desk.{number}+post@example.com",
            attachments=tuple(_files(number)),
        )
    indented = "".join(f"{_PLACE}line {number}\n" for number in range(3))
    yield Email("plain", ("reader@example.org",), "All lines begin with blanks", f"\n\n{indented}\n\n")


def _files(number: int) -> Iterator[Attachment]:
    """Some files; now and then two have one name or one content."""
    names = FILE_NAMES[number % len(FILE_NAMES)], FILE_NAMES[(number * 5 + 2) % len(FILE_NAMES)]
    content = CONTENTS[number % len(CONTENTS)]
    for place in range(number % 4):
        yield Attachment(
            names[place % 2],
            MEDIA_TYPES[(number + place) % len(MEDIA_TYPES)],
            content if place != 1 else CONTENTS[(number * 3 + 1) % len(CONTENTS)],
        )


def odd_mails() -> Iterator[Email]:
    """Mails with one thing in them that a mailer may not be able to carry."""
    plain = Email("odd", ("odd@example.org",), "Ihre Karte", "Sie liegt bereit.\n")
    file = Attachment("card.pdf", "application/pdf", b"%PDF")
    odd = [
        *(evolve(plain, subject=line) for line in ODD_LINES),
        *(evolve(plain, sender_name=line) for line in ODD_LINES),
        *(evolve(plain, message_id=line) for line in ODD_LINES),
        *(evolve(plain, reply_to=address) for address in (*ODD_ADDRESSES, *INJECTIONS)),
        *(evolve(plain, to=(address,)) for address in ODD_ADDRESSES),
        *(evolve(plain, text=text) for text in ODD_TEXTS),
        *(evolve(plain, html=text) for text in ODD_TEXTS),
        *(evolve(plain, attachments=(evolve(file, name=name),)) for name in ODD_FILE_NAMES),
        *(evolve(plain, attachments=(evolve(file, media_type=kind),)) for kind in ODD_MEDIA_TYPES),
    ]
    for number, email in enumerate(odd):
        own_id = email.message_id if email.message_id != plain.message_id else f"odd-{number}"
        to = email.to if email.to != plain.to else (f"odd{number}@example.org",)
        yield evolve(email, message_id=own_id, to=to)
