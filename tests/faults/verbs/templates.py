"""Message templates saved for the first and the second time."""

from __future__ import annotations

from typing import Final

from loyaltycore.templates import Channel, MessageText
from tests.faults.verbs.verb import Run, Verb


def _save(run: Run, body: str) -> object:
    text = MessageText(Channel.EMAIL, "de", body, "Ihre Karte")
    return run.desk.templates.save("ours", purpose="card.ordered", texts=[text])


def _saved(run: Run) -> None:
    text = MessageText(Channel.EMAIL, "de", "{{ greeting }}", "Karte")
    run.free.templates.save("ours", purpose="card.ordered", texts=[text])


VERBS: Final = (
    Verb("message template saved", lambda run: _save(run, "{{ greeting }}"), "templates.save"),
    Verb("message template changed", lambda run: _save(run, "Hallo"), "templates.save", _saved),
)
