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


def _try(
    faults: Faults, text: MessageText, sample: str, data: Mapping[str, Any], renderer: MessageRenderer
) -> None:
    try:
        message = renderer.render(text, data, ZONE)
    except Exception as error:  # noqa: BLE001  it is an adapter, and whatever it raises would be raised at sending
        faults.note("body", "does_not_render", f"fails for the sample {sample!r}: {describe(error, 200)}")
        return
    is_mail = text.channel is Channel.EMAIL
    if not message.text.strip():
        faults.note("body", "renders_empty", f"says nothing for the sample {sample!r}")
    elif not all(map(is_storable, (message.text, message.subject, message.html))):
        faults.note("body", "does_not_render", f"cannot be stored for the sample {sample!r}")
    if is_mail and not message.subject.strip():
        faults.note("subject", "renders_empty", f"says nothing for the sample {sample!r}")
    if message.subject != one_line(message.subject):
        faults.note("subject", "does_not_render", f"is not one line for the sample {sample!r}")
    if text.channel is Channel.SMS and sample == "usual":
        count = segments_of(message.text).count
        if count > MOST_SEGMENTS:
            faults.note("body", "too_long", f"takes {count} messages, and {MOST_SEGMENTS} are allowed")


def previews(text: MessageText, purpose: Purpose, renderer: MessageRenderer) -> Iterator[Preview]:
    """A text for each of the samples."""
    for sample, data in samples(purpose.placeholders):
        yield Preview(text.channel, text.language, sample, renderer.render(text, data, ZONE))
