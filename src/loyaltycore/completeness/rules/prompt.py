"""What a customer was asked for, so that an open question is not repeated too soon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from attrs import evolve, field, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing

ASKED: Final = "customer.asked"


@frozen(repr=False)
class CompletionPrompt:
    """When a customer was asked for what."""

    __repr__ = showing("id", "customer_id")

    id: str
    """The id of the customer for whom it was made."""
    customer_id: str
    asked: Mapping[str, date] = field(factory=dict, hash=False)
    """The day on which each field was last asked for, by the field's key."""
    version: int = 1


def last_asked(prompts: Iterable[CompletionPrompt]) -> Mapping[str, date]:
    """When each field was last asked for; a merged customer has the prompts of both."""
    latest: dict[str, date] = {}
    for prompt in prompts:
        for key, day in prompt.asked.items():
            latest[key] = max(day, latest.get(key, day))
    return latest


def asked_for(prompt: CompletionPrompt, fields: Iterable[str], today: date) -> CompletionPrompt:
    """The prompt after these fields were asked for."""
    asked = {**prompt.asked, **dict.fromkeys(fields, today)}
    return evolve(prompt, asked={key: asked[key] for key in sorted(asked)})


def remember_asked(
    customer_id: str, before: CompletionPrompt | None, fields: Iterable[str], today: date
) -> Decision[None]:
    """Remember that a customer was asked for these fields; nothing happens if that is known already."""
    after = asked_for(before or CompletionPrompt(customer_id, customer_id), fields, today)
    if after.asked == (before.asked if before else {}):
        return Decision(None)
    note = Note(ASKED, before, after)
    if before is None:
        return Decision(None, add=(after,), notes=(note,))
    return Decision(None, save=(after,), notes=(note,))
