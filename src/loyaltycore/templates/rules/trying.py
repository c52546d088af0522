"""Trying texts out before anybody gets one: whatever could fail at sending is a fault at saving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageRenderer, MessageText, WrittenMessage, one_line
from loyaltycore.kernel.texting import segments_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import describe, is_storable
from loyaltycore.templates.rules.purposes import Purpose, samples

ZONE: Final = "Europe/Berlin"
MOST_SEGMENTS: Final = 10
"""Messages that a text may take: what gateways let pass unless they are told otherwise."""


@frozen
class Preview:
    """A text as one of the samples would get it."""

    channel: Channel
    language: str
    sample: str
    """What is special about the sample."""
    message: WrittenMessage


def check_text(faults: Faults, text: MessageText, purpose: Purpose, renderer: MessageRenderer) -> None:
    """Note everything that is wrong with a text, and everything that goes wrong with a sample."""
    found = renderer.check(text, purpose.placeholders)
    for fault in found:
        faults.note(fault.field, fault.code, fault.message)
    if not found:
        for sample, data in samples(purpose.placeholders):
            _try(faults, text, sample, data, renderer)


def faults_of(message: WrittenMessage, channel: Channel) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a message that a renderer has written: field, code and words."""
    if not message.text.strip():
        yield "body", "renders_empty", "says nothing"
    elif not all(map(is_storable, (message.text, message.subject, message.html))):
        yield "body", "does_not_render", "cannot be stored"
    if channel is Channel.EMAIL and not message.subject.strip():
        yield "subject", "renders_empty", "says nothing"
    if message.subject != one_line(message.subject):
        yield "subject", "does_not_render", "is not one line"


def _try(
    faults: Faults, text: MessageText, sample: str, data: Mapping[str, Any], renderer: MessageRenderer
) -> None:
    try:
        message = renderer.render(text, data, ZONE)
    except Exception as error:  # noqa: BLE001  it is an adapter, and whatever it raises would be raised at sending
        faults.note("body", "does_not_render", f"fails for the sample {sample!r}: {describe(error, 200)}")
        return
    for field, code, words in faults_of(message, text.channel):
        faults.note(field, code, f"{words} for the sample {sample!r}")
    if text.channel is Channel.SMS and sample == "usual":
        count = segments_of(message.text).count
        if count > MOST_SEGMENTS:
            faults.note("body", "too_long", f"takes {count} messages, and {MOST_SEGMENTS} are allowed")


def previews(text: MessageText, purpose: Purpose, renderer: MessageRenderer) -> Iterator[Preview]:
    """A text for each of the samples."""
    for sample, data in samples(purpose.placeholders):
        yield Preview(text.channel, text.language, sample, renderer.render(text, data, ZONE))
