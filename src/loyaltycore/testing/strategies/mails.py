"""Strategies for mails that every mailer takes."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.testing.strategies.mail_samples import (
    CONTENTS,
    FILE_NAMES,
    LATIN_LINES,
    MEDIA_TYPES,
    NAMES,
    OTHER_LINES,
    SUBJECTS,
)

_IDS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"


def own_ids() -> st.SearchStrategy[str]:
    """Our own ids, as the port `Ids` makes them."""
    return st.text(st.sampled_from(_IDS), min_size=8, max_size=40)


def email_addresses() -> st.SearchStrategy[str]:
    """Mail addresses in normal form."""
    names = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}([.+_'-][A-Za-z0-9]{1,8})?", fullmatch=True)
    return st.builds(
        "{}@{}".format, names, st.sampled_from(["example.org", "example.com", "mail.example.net"])
    )


@st.composite
def attachments(draw: st.DrawFn) -> Attachment:
    """Small files of several kinds."""
    return Attachment(
        draw(st.sampled_from(FILE_NAMES)),
        draw(st.sampled_from(MEDIA_TYPES)),
        draw(st.sampled_from(CONTENTS) | st.binary(max_size=300)),
    )


@st.composite
def _files(draw: st.DrawFn) -> tuple[Attachment, ...]:
    """Some files, of which two may share their name or their content."""
    files = draw(st.lists(attachments(), max_size=3))
    if files:
        first, other = files[0], draw(attachments())
        like_the_first = [evolve(other, name=first.name), evolve(first, name=other.name)]
        files += draw(st.sampled_from([[], *([each] for each in like_the_first)]))
    return tuple(files)


def lines(max_size: int = 60) -> st.SearchStrategy[str]:
    """One line of text, without controls or surrounding blanks."""
    printable = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
    return st.text(printable, max_size=max_size).map(str.strip)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Texts of several lines, whose line ends are of one kind."""
    kinds = draw(st.sampled_from([LATIN_LINES, LATIN_LINES + OTHER_LINES]))
    random = lines(100) if len(kinds) > len(LATIN_LINES) else st.nothing()
    body = draw(st.lists(st.sampled_from(kinds) | random, max_size=12))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(body)


def _pages() -> st.SearchStrategy[str]:
    page = st.builds("<!DOCTYPE html>\n<pre>{}</pre>\n".format, _texts())
    return st.just("") | page


@st.composite
def emails(draw: st.DrawFn) -> Email:
    """Mails that a mailer takes, to one or more recipients."""
    return Email(
        message_id=draw(own_ids()),
        to=tuple(draw(st.lists(email_addresses(), min_size=1, max_size=3, unique=True))),
        subject=draw(st.sampled_from(SUBJECTS) | lines()),
        text=draw(_texts()),
        html=draw(_pages()),
        sender=draw(st.sampled_from(["", "branch@example.org", "laden.berlin+post@example.com"])),
        sender_name=draw(st.just("") | st.sampled_from(NAMES) | lines(30)),
        reply_to=draw(st.just("") | email_addresses()),
        attachments=draw(_files()),
    )
