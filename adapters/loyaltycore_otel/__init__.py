"""OpenTelemetry: a span for every verb, and counts of what operators watch.

    from loyaltycore_otel import instrument

    instrument()

It turns the events of the library's log into spans and numbers, whatever level the log is set to. As in the log, nothing
stands in them about a person. Needs the extra ``otel``, which brings the API alone; without an SDK nothing is recorded.
"""

from __future__ import annotations

from loyaltycore_otel.instrumenting import instrument

__all__ = ["instrument"]
