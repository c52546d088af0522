"""Spans and counts: what OpenTelemetry hears of a day at the desk, and that nobody is named there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import field, frozen

from loyaltycore import MissingExtra, RetryPolicy
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import DeliveryStatus
from loyaltycore_otel import instrument
from tests.docs.test_log_events import documented
from tests.house import House, build_house
from tests.services.test_running import Faulty
from tests.webhooks.test_receiver import ask

pytest.importorskip("opentelemetry.sdk", reason="the SDK is not installed")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from loyaltycore_otel.recording import MESSAGES, WEBHOOKS

pytestmark = pytest.mark.usefixtures("no_pauses")


@frozen
class Telemetry:
    """What was recorded."""

    tracers: Any
    exporter: Any = field(repr=False)
    reader: Any = field(repr=False)

    @property
    def spans(self) -> list[Any]:
        """All spans that have ended."""
        return list(self.exporter.get_finished_spans())

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        """The attributes and values of a metric."""
        data = self.reader.get_metrics_data()
        return [
            (dict(point.attributes), getattr(point, "value", None) or getattr(point, "count", None))
            for resource in (data.resource_metrics if data else [])
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """The SDK with exporters in memory, instrumented while the test lasts."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider([reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    end = instrument(tracer_provider=tracers, meter_provider=meters)
    yield Telemetry(tracers, exporter, reader)
    end()
    meters.shutdown()


def test_every_verb_is_a_span_below_that_of_its_caller(telemetry: Telemetry) -> None:
    """Its name, how long it took and how often it was tried; the log need not be set to anything."""
    storage = Faulty(MemoryStorage())
    house = build_house(storage)
    telemetry.exporter.clear()
    storage.faults.append("stale")
    logging.getLogger("loyaltycore").setLevel(logging.CRITICAL)
    with telemetry.tracers.get_tracer("host").start_as_current_span("request") as request:
        house.customer()
        with house.desk.transaction():
            house.customer()
    logging.getLogger("loyaltycore").setLevel(logging.NOTSET)
    created, block, outer = telemetry.spans
    assert [created.name, block.name] == ["loyaltycore.customers.create", "loyaltycore.transaction"]
    assert created.attributes["loyalty.tries"] == 2
    for span in (created, block):
        assert span.parent.span_id == request.get_span_context().span_id
        assert outer.start_time <= span.start_time <= span.end_time <= outer.end_time
        assert span.status.is_ok or span.status.status_code.name == "UNSET"
    assert ({"loyalty.verb": "customers.create", "error.type": "StaleRecord"}, 1) in telemetry.points(
        "loyalty.verb.retries"
    )


def test_what_a_verb_raised_is_on_its_span(telemetry: Telemetry, memory_house: House) -> None:
    """The class, and of a refusal the code; not its words."""
    with pytest.raises(LookupError):
        memory_house.desk.customers.get("Erika")
    erika = memory_house.customer()
    with pytest.raises(Exception, match="card"):
        memory_house.desk.cards.order(erika.id)
    first, last = (span for span in telemetry.spans if "error.type" in span.attributes)
    assert (first.status.status_code.name, first.attributes["error.type"]) == ("ERROR", "NotFound")
    assert last.attributes["loyalty.code"] == "card_order.no_service"
    assert "Erika" not in "".join(span.to_json() for span in telemetry.spans)


def test_messages_and_webhooks_are_counted(telemetry: Telemetry, memory_house: House) -> None:
    """What became of each, by kind and source; paths that strangers make up add no source."""
    house = memory_house
    house.loyalty.retry = RetryPolicy(max_attempts=2)
    for _ in range(2):
        house.desk.cards.request_information("?", to="karten@example.org")
    house.mailer.answers.extend([DeliveryStatus.NOT_SENT, DeliveryStatus.REJECTED])
    for _ in range(2):
        house.loyalty.deliver()
        house.clock.advance(hours=2)
    counted = {facts["loyalty.outcome"]: count for facts, count in telemetry.points("loyalty.messages")}
    assert counted == {"put_back": 1, "given_up": 1, "delivered": 1}
    ask(house.loyalty, b"x", PATH_INFO="/made-up")
    assert telemetry.points("loyalty.webhooks") == [({"loyalty.source": "", "loyalty.outcome": "refused"}, 1)]


def test_durations_are_a_histogram(telemetry: Telemetry, memory_house: House) -> None:
    """One point for each verb, with as many values as it was called."""
    for _ in range(3):
        memory_house.desk.customers.count()
    points = {facts["loyalty.verb"]: count for facts, count in telemetry.points("loyalty.verb.duration")}
    assert points["Customers.count"] == 3


def test_the_end_is_the_end(telemetry: Telemetry, memory_house: House) -> None:
    """Who ends the instrumentation hears nothing more from it, and may do so twice."""
    exporter = InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    end = instrument(tracer_provider=tracers)
    memory_house.desk.customers.count()
    end()
    end()
    memory_house.desk.customers.count()
    assert len(exporter.get_finished_spans()) == 1


def test_without_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing one line is the command that installs it."""
    monkeypatch.setattr("loyaltycore_otel.instrumenting.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"loyaltycore\[otel\]"):
        instrument()


def test_the_events_exist() -> None:
    """An event that is renamed in the log is not lost here."""
    known = {event for _, event in documented()}
    assert {*MESSAGES, *WEBHOOKS, "verb done", "verb failed", "verb tried again"} <= known
