"""What the adapter finds wrong beforehand is what the vendor refuses."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import PRINTABLE, HttpCardPrinter
from loyaltycore_cardprint.rules import ean13_check_digit
from loyaltycore_cardvendor import RunningVendor, running_vendor

from .values import EAN, TEXT, a_key, almost_right_orders, an_order, right_orders

OVER_HTTP = settings(deadline=None, suppress_health_check=list(HealthCheck))


def _named(faults: tuple[Fault, ...]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in faults}


def _same_verdict(printer: HttpCardPrinter, order: PrintOrder, number: int) -> bool:
    """Compare the two; answers whether the order was taken."""
    faults = printer.validate(order)
    answer = printer.submit(order, a_key(an_order(), number))
    taken = answer.receipt.status is DeliveryStatus.ACCEPTED
    # A generated reference may come twice; then the vendor has nothing against the order itself.
    known = answer.receipt.code == "reference_in_use"
    assert (faults == ()) == (taken or known), (faults, answer)
    if not known:
        assert _named(faults) == _named(answer.faults)
    return taken


@settings(OVER_HTTP, max_examples=40)
@given(order=right_orders())
def test_a_right_order_is_taken(printer: HttpCardPrinter, order: PrintOrder) -> None:
    """Orders made after the rules of the contract pass here and at the vendor."""
    assert _same_verdict(printer, order, 0)


@settings(OVER_HTTP, max_examples=150)
@given(order=almost_right_orders(), number=st.integers(0, 10**9))
def test_both_find_the_same_faults(printer: HttpCardPrinter, order: PrintOrder, number: int) -> None:
    """No fault here means taken there, and a refusal there names the fields and codes that are named here."""
    _same_verdict(printer, order, number)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reference": ""}, ("reference", "required")),
        ({"reference": "a b"}, ("reference", "bad_format")),
        ({"product": "x" * 65}, ("product", "too_long")),
        ({"encodings": ()}, ("encodings", "required")),
        ({"encodings": (TEXT,) * 13}, ("encodings", "too_many")),
        ({"encodings": (TEXT, TEXT)}, ("encodings[1].slot", "duplicate")),
        ({"language": "deu"}, ("language", "too_long")),
        ({"comment": "x\x00"}, ("comment", "unprintable_character")),
        ({"comment": "x" * 501}, ("comment", "too_long")),
    ],
)
def test_a_fault_names_its_field(
    printer: HttpCardPrinter, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    """Every kind of fault comes with the dotted path of the field and a stable code."""
    assert _named(printer.validate(an_order(**changes))) == {expected}


def test_umlauts_pass_and_strange_letters_are_named() -> None:
    """German, Turkish and Croatian names can be printed; Polish ones are refused with their characters."""
    assert PRINTABLE.issuperset("ÄÖÜäöüß éèñ ĞğİıŞş ČčĆćĐđŠšŽž €")
    printer = HttpCardPrinter(base_url="https://cards.example/v1", token="t")
    order = an_order(encodings=(Encoding(EncodingKind.TEXT, "Łukasz Dębski"), EAN))
    (fault,) = printer.validate(order)
    assert (fault.field, fault.code) == ("encodings[0].value", "unprintable_character")
    assert "U+0119" in fault.message
    assert "U+0141" in fault.message


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_every_wrong_digit_of_an_ean_is_found(twelve: str, place: int, step: int) -> None:
    """One changed digit anywhere in an EAN-13 is a fault."""
    printer = HttpCardPrinter(base_url="https://cards.example/v1", token="t")
    right = twelve + ean13_check_digit(twelve)
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert printer.validate(an_order(encodings=(evolve(EAN, value=right),))) == ()
    found = printer.validate(an_order(encodings=(evolve(EAN, value=wrong),)))
    assert _named(found) == {("encodings[0].value", "bad_check_digit")}


def test_values_of_a_letter_that_is_not_ordered_are_not_judged(printer: HttpCardPrinter) -> None:
    """Without a cover letter its values stay at home, whatever they are, and the order is taken."""
    order = an_order(letter_variables=(("Bad Name", "\x00"),))
    assert _same_verdict(printer, order, 0)


def test_what_was_agreed_is_checked_on_both_sides() -> None:
    """A design or an encoding outside the agreement is named here, and refused by a vendor who knows it too."""
    agreed = ("--product", "gold", "--encoding", "text", "--encoding", "ean13")
    with running_vendor(options=agreed) as vendor:
        printer = _agreed(vendor)
        assert _same_verdict(printer, an_order(), 1)
        assert not _same_verdict(printer, an_order(product="silver"), 2)
        assert printer.submit(an_order(product="silver"), "k" * 16).receipt.code == "unknown_product"
        qr = Encoding(EncodingKind.QR, "https://example.org")
        assert not _same_verdict(printer, an_order(encodings=(qr,)), 3)
        assert printer.capabilities.encodings == {EncodingKind.TEXT, EncodingKind.EAN13}
        printer.close()


def _agreed(vendor: RunningVendor) -> HttpCardPrinter:
    return HttpCardPrinter(
        base_url=vendor.url,
        token=vendor.token,
        products={"gold"},
        encodings={EncodingKind.TEXT, EncodingKind.EAN13},
    )


def test_every_line_of_an_address_is_judged() -> None:
    """Faults in lines are named by their place."""
    printer = HttpCardPrinter(base_url="https://cards.example/v1", token="t")
    address = PostalAddress("", ("", "x" * 41, "ok"), "1_2", "\t", "de")
    assert _named(printer.validate(an_order(ship_to=address))) == {
        ("ship_to.name", "required"),
        ("ship_to.lines[0]", "required"),
        ("ship_to.lines[1]", "too_long"),
        ("ship_to.postal_code", "bad_format"),
        ("ship_to.city", "unprintable_character"),
        ("ship_to.country", "bad_format"),
    }
