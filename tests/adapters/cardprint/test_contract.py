"""The contract is valid, and both sides keep it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import EncodingKind, PrintCancellation, PrintOrder, PrintState
from loyaltycore_cardprint.rules import PRINTABLE
from loyaltycore_cardprint.wire import cancellation_body, field_of, order_body
from loyaltycore_cardvendor import RunningVendor
from loyaltycore_cardvendor.problems import TITLES
from loyaltycore_http.strict_json import digest

from .conftest import Printer
from .contract import Judge, component, document, errors
from .proxy import proxy
from .sink import webhook_sink
from .values import EAN, a_key, almost_right_orders, an_order, right_orders

SCHEMAS = document()["components"]["schemas"]


def test_the_document_is_valid() -> None:
    """OpenAPI 3.1, without a dead reference."""
    validate(document())


def test_the_words_of_the_contract_are_ours() -> None:
    """States and encodings of the contract are exactly those of the port."""
    assert set(SCHEMAS["State"]["enum"]) == {state.value for state in PrintState}
    assert set(SCHEMAS["Encoding"]["properties"]["kind"]["enum"]) == {kind.value for kind in EncodingKind}


def test_the_problems_of_the_contract_are_the_vendors() -> None:
    """Each code of the contract has a title at the vendor, and the vendor knows no other."""
    assert set(SCHEMAS["Problem"]["properties"]["code"]["enum"]) == set(TITLES)


def test_the_alphabet_of_the_contract_is_ours() -> None:
    """For every character of the basic plane, contract and adapter agree whether it can be printed."""
    pattern = re.compile(SCHEMAS["Printable"]["pattern"])
    candidates = {chr(code) for code in range(0x10000)} - {" "}
    assert {letter for letter in candidates if pattern.search(letter)} == PRINTABLE - {" "}


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(order=right_orders())
def test_a_right_order_keeps_the_schema(order: PrintOrder) -> None:
    """Every order without a fault is written as the contract wants it."""
    assert errors(component("OrderRequest"), order_body(order)) == []


def test_the_alternatives_of_an_encoding_exclude_each_other() -> None:
    """An unknown kind matches none of the alternatives, and a known one its own alone."""
    assert errors(component("Encoding"), {"kind": "text", "value": "4006381333931"}) == []
    assert errors(component("Encoding"), {"kind": "ean13", "value": "text"})
    assert errors(component("Encoding"), {"kind": "braille", "value": "x"})


def test_both_sides_keep_the_contract(vendor: RunningVendor, make_printer: Printer) -> None:
    """A judge between adapter and vendor finds nothing wrong in any call or answer, good or bad."""
    judge = Judge()
    with proxy(vendor.url, judge) as between:
        printer = make_printer(base_url=between.url)
        orders = [
            an_order(cover_letter="welcome", letter_variables=(("name", "E"),), comment="a\nb") for _ in "ab"
        ]
        for order in orders:
            printer.submit(order, a_key(order))
        first, second = orders
        printer.submit(first, a_key(first))
        printer.submit(first, a_key(first, 2))
        printer.submit(evolve(first, product="silver"), a_key(first))
        printer.submit(an_order(encodings=(evolve(EAN, value="4006381333930"),)), "k" * 16)
        printer.find("never-used")
        printer.cancel(PrintCancellation(first.reference, "", "changed her mind"))
        vendor.control("advance", reference=second.reference, state="in_production")
        printer.cancel(PrintCancellation(second.reference, "", ""))
        vendor.control("cancellation", reference=second.reference, granted=False)
        vendor.control(
            "advance",
            reference=second.reference,
            state="returned",
            reason_code="undeliverable",
            tracking_number="1",
        )
        printer.cancel(PrintCancellation(second.reference, "", ""))
        printer.cancel(PrintCancellation(second.reference, "ord_unknown", ""))
        printer.events_after(printer.events_after("", 1).cursor)
        _suffer(vendor, printer)
        printer.close()
    assert judge.breaches == []
    orders_seen = {status for name, status in judge.seen if name == "createOrder"}
    assert orders_seen == {200, 201, 402, 409, 422, 429, 500, 503}
    assert {status for name, status in judge.seen if name == "cancelOrder"} == {200, 202, 404, 409}
    assert {status for name, status in judge.seen if name == "listEvents"} == {200, 400}
    assert {name for name, _ in judge.seen} == {"createOrder", "findOrder", "cancelOrder", "listEvents"}


def _suffer(vendor: RunningVendor, printer: Any) -> None:
    for status, code in {
        402: "insufficient_funds",
        429: "throttled",
        500: "internal",
        503: "unavailable",
    }.items():
        vendor.control("mishap", status=status, code=code, retry_after=3)
        printer.submit(an_order(), "k" * 16)
    with pytest.raises(DeliveryFailed):
        printer.events_after("c9x")


def test_the_judge_sees_a_breach(vendor: RunningVendor, make_printer: Printer) -> None:
    """The judge is no mere onlooker: a state outside the contract is noted."""
    judge = Judge()
    order = an_order()
    with proxy(vendor.url, judge) as between:
        printer = make_printer(base_url=between.url)
        printer.submit(order, a_key(order))
        vendor.control("advance", reference=order.reference, state="laminating")
        printer.find(order.reference)
        printer.close()
    assert any("laminating" in breach for breach in judge.breaches)


def test_webhooks_keep_the_contract(vendor: RunningVendor, make_printer: Printer) -> None:
    """Headers and bodies of the vendor's calls are as the contract describes them."""
    parameters = document()["webhooks"]["cardEvent"]["post"]["parameters"]
    order = an_order()
    with webhook_sink() as sink:
        vendor.control("settings", webhook_url=sink.url)
        make_printer().submit(order, a_key(order))
        vendor.control("advance", reference=order.reference, state="returned", reason_code="lost")
        calls = sink.wait_for(1)
        vendor.control("settings", webhook_url="")
    for headers, body in calls:
        lowered = {name.lower(): value for name, value in headers.items()}
        for parameter in parameters:
            assert errors(parameter["schema"], lowered[parameter["name"]]) == []
        assert errors(component("Event"), json.loads(body)) == []
        assert lowered["webhook-id"] == json.loads(body)["id"]


def test_an_order_looks_the_same_for_ever() -> None:
    """A repetition after an update must have the content of the first attempt, so this text is frozen."""
    order = PrintOrder(
        reference="ref-1",
        product="gold",
        encodings=an_order().encodings,
        ship_to=an_order().ship_to,
        bulk=True,
        cover_letter="welcome",
        letter_variables=(("name", "Erika"), ("nothing", "")),
        language="de",
        comment="zur Filiale",
    )
    assert order_body(order) == {
        "reference": "ref-1",
        "product": "gold",
        "encodings": [
            {"slot": "name_line_1", "kind": "text", "value": "Erika Größ-Müstermann"},
            {"slot": "number", "kind": "ean13", "value": "4006381333931"},
        ],
        "shipping": {
            "mode": "bulk",
            "to": {
                "name": "Erika Größ-Müstermann",
                "company": "Sehhaus am Markt",
                "lines": ["Hinterhaus", "Lange Straße 7"],
                "postal_code": "10115",
                "city": "Berlin",
                "country": "DE",
            },
        },
        "letter": {
            "template": "welcome",
            "variables": [{"name": "name", "value": "Erika"}, {"name": "nothing", "value": ""}],
        },
        "language": "de",
        "comment": "zur Filiale",
    }
    assert digest(order_body(order)) == "24b9b4d44502489d290b3315eafce49717f0b01e4017373d283c12c0d278da6c"


def test_what_is_empty_is_left_out() -> None:
    """A field that is added later and empty does not change the content of an older order."""
    order = an_order(ship_to=evolve(an_order().ship_to, company="", postal_code=""))
    body = order_body(order)
    assert set(body) == {"reference", "product", "encodings", "shipping"}
    assert set(body["shipping"]["to"]) == {"name", "lines", "city", "country"}


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(order=almost_right_orders())
def test_the_digest_is_the_vendors(order: PrintOrder) -> None:
    """Adapter and vendor, each by itself, name the same content by the same digest."""
    from loyaltycore_cardvendor.works import digest as vendors_digest

    assert digest(order_body(order)) == vendors_digest(order_body(order))


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/encodings/0/value", "encodings[0].value"),
        ("/shipping/to/lines/1", "ship_to.lines[1]"),
        ("/shipping/mode", "bulk"),
        ("/letter/template", "cover_letter"),
        ("/letter/variables/2/name", "letter_variables[2].name"),
        ("/a~1b/~0c", "a/b.~c"),
        ("", ""),
    ],
)
def test_pointers_become_fields(pointer: str, field: str) -> None:
    """A JSON pointer into the body names the field of our own order."""
    assert field_of(pointer) == field


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("", {}), (" \x00 ", {}), ("a\x07b", {"reason": "a b"}), ("x" * 501, {"reason": "x" * 499 + "…"})],
)
def test_a_reason_is_never_why_a_cancellation_fails(reason: str, expected: dict[str, str]) -> None:
    """Whatever staff wrote is mended and shortened until the contract takes it."""
    body = cancellation_body("ref-1", reason)
    assert body == {"reference": "ref-1"} | expected
    assert errors(component("CancellationRequest"), body) == []
