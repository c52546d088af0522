"""Turning it on."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from loyaltycore.errors import MissingExtra
from loyaltycore.ports.logs import watch

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider


def instrument(
    *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Callable[[], None]:
    """Record spans and numbers for every `Loyalty` of this process, from now on.

    * Spans ``loyaltycore.<verb>``, as children of the caller's span. They are made when the verb ends, so spans that other
      instrumentations make meanwhile, such as those of SQLAlchemy, stand beside them and not below.
    * Histogram ``loyalty.verb.duration`` in seconds, by ``loyalty.verb`` and ``error.type``.
    * Counters ``loyalty.verb.retries`` by verb and error; ``loyalty.messages`` by kind and outcome; ``loyalty.webhooks`` by
      source and outcome.

    Args:
        tracer_provider: None for the global one.
        meter_provider: None for the global one.

    Returns:
        Call it to end that.

    Raises:
        MissingExtra: The API is not installed.
    """
    if find_spec("opentelemetry") is None:
        raise MissingExtra("otel", "opentelemetry")
    from loyaltycore_otel.recording import Recorder  # noqa: PLC0415  it loads the API, which may be missing

    return watch(Recorder(tracer_provider, meter_provider))
