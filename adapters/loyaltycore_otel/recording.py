"""Spans and counts from the events of the log."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import Status, StatusCode, TracerProvider, get_tracer

SCOPE: Final = "loyaltycore"
"""The name of the tracer and the meter."""

MESSAGES: Final[Mapping[str, str]] = {
    "message delivered": "delivered",
    "message put back": "put_back",
    "message given up": "given_up",
    "message withdrawn": "withdrawn",
}
"""What became of a message, by event."""

WEBHOOKS: Final[Mapping[str, str]] = {
    "webhook taken in": "taken_in",
    "webhook refused": "refused",
    "webhook not taken in": "failed",
}
"""What became of a vendor's call, by event."""


class Recorder:
    """Makes of each event what OpenTelemetry knows; it is given to `loyaltycore.ports.logs.watch`."""

    def __init__(self, tracers: TracerProvider | None, meters: MeterProvider | None) -> None:
        self._tracer = get_tracer(SCOPE, tracer_provider=tracers)
        meter = get_meter(SCOPE, meter_provider=meters)
        self._durations = meter.create_histogram("loyalty.verb.duration", "s", "How long verbs take")
        self._retries = meter.create_counter("loyalty.verb.retries", "1", "Tries that came to nothing")
        self._messages = meter.create_counter("loyalty.messages", "1", "What became of messages")
        self._webhooks = meter.create_counter("loyalty.webhooks", "1", "What became of vendors' calls")

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        """Record one event; most mean nothing here."""
        if event in {"verb done", "verb failed"}:
            self._ended(facts)
        elif event == "verb tried again":
            self._retries.add(1, {"loyalty.verb": facts["verb"], "error.type": facts["error"]})
        elif event in MESSAGES:
            self._messages.add(1, {"loyalty.kind": facts["kind"], "loyalty.outcome": MESSAGES[event]})
        elif event in WEBHOOKS:
            self._webhooks.add(1, {"loyalty.source": facts["source"], "loyalty.outcome": WEBHOOKS[event]})

    def _ended(self, facts: Mapping[str, Any]) -> None:
        verb, seconds = facts["verb"], facts["seconds"]
        error = {"error.type": facts["error"]} if "error" in facts else {}
        self._durations.record(seconds, {"loyalty.verb": verb, **error})
        end = time.time_ns()
        about = {"loyalty.verb": verb, "loyalty.tries": facts["tries"], **error}
        if facts.get("code"):
            about["loyalty.code"] = facts["code"]
        start = end - int(seconds * 1e9)
        span = self._tracer.start_span(f"loyaltycore.{verb}", start_time=start, attributes=about)
        if error:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)
