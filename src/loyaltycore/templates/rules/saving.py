"""What it means to save a template: everything is checked, and the version before stays as it was."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from attrs import evolve

from loyaltycore.customers.rules.languages import LANGUAGES
from loyaltycore.errors import Refused
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.rendering import MessageRenderer, MessageText
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.template import MessageTemplate, TemplateVersion
from loyaltycore.templates.rules.trying import check_text

MOST_TEXTS: Final = 40
"""How many texts one template may have."""
SUBJECT_LENGTH: Final = 300
BODY_LENGTH: Final = 20_000


def read_texts(given: object, purpose: Purpose, renderer: MessageRenderer) -> tuple[MessageText, ...]:
    """Read the texts of a template and try each of them.

    Raises:
        InvalidInput: Names every fault of every text.
    """
    with Faults() as faults:
        items = faults.items(
            "texts", given, most=MOST_TEXTS, what="a list of MessageText", required=True, none=False
        )
        texts = tuple(_read(faults.at(f"texts[{place}]"), each, purpose) for place, each in enumerate(items))
        several = Counter((each.channel, each.language) for each in texts if each)
        for (channel, language), count in several.items():
            if count > 1:
                faults.note("texts", "repeated", f"there are {count} for {channel.value} and {language!r}")
    read = tuple(each for each in texts if each is not None)
    with Faults() as faults:
        for place, text in enumerate(read):
            check_text(faults.at(f"texts[{place}]"), text, purpose, renderer)
    return read


def _read(faults: Faults, given: object, purpose: Purpose) -> MessageText | None:
    if type(given) is not MessageText:
        faults.note("body", "wrong_type", "must be a MessageText")
        return None
    channel = faults.choice("channel", given.channel, Channel)
    if channel is None:
        if not faults.found or faults.found[-1].code != "unknown_choice":
            faults.note("channel", "required", "must be given")
        return None
    if channel not in purpose.channels:
        known = ", ".join(each.value for each in purpose.channels)
        faults.note("channel", "wrong_channel", f"messages of this purpose are sent by {known}")
    language = faults.text("language", given.language, limit=2, required=True).lower()
    if language and language not in LANGUAGES:
        faults.note("language", "bad_language", "must be two letters of ISO 639-1, such as de")
    is_mail = channel is Channel.EMAIL
    subject = faults.text("subject", given.subject, limit=SUBJECT_LENGTH, required=is_mail)
    if subject and not is_mail:
        faults.note("subject", "not_used", "only a mail has a subject")
    body = faults.text("body", given.body, limit=BODY_LENGTH, required=True, multiline=True)
    return MessageText(channel, language, f"{body}\n" if is_mail else body, subject)


def save_template(
    template: MessageTemplate, before: MessageTemplate | None, now: datetime, actor: str
) -> Decision[MessageTemplate]:
    """Keep a template and a frozen copy of it; nothing happens if nothing differs.

    Raises:
        Refused: ``template.other_purpose``.
    """
    if before is None:
        return Decision(
            template,
            add=(template, _frozen(template, now, actor)),
            notes=(Note("message_template.created", after=template),),
        )
    if before.purpose != template.purpose:
        raise Refused(
            "template.other_purpose",
            f"the template {before.id!r} is for {before.purpose}",
            remedy="save this one under another name",
            template=before.id,
            purpose=before.purpose,
        )
    after = evolve(before, texts=template.texts)
    if after == before:
        return Decision(before)
    copy = _frozen(evolve(after, version=before.version + 1), now, actor)
    return Decision(
        after, add=(copy,), save=(after,), notes=(Note("message_template.changed", before, after),)
    )


def _frozen(template: MessageTemplate, now: datetime, actor: str) -> TemplateVersion:
    return TemplateVersion(
        template.reference, template.id, template.version, template.purpose, template.texts, now, actor
    )
