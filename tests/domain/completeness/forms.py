"""Customers who lack any part of their data, and settings that watch any of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from attrs import frozen
from hypothesis import strategies as st

from loyaltycore.capabilities import core_options
from loyaltycore.completeness.rules.fields import watchable
from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS, MOST_MONTHS
from loyaltycore.completeness.rules.watching import Watching, watching
from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.form import Reading, read_new
from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.custom_fields import CustomField, CustomFields, FieldKind
from loyaltycore.kernel.settings import Option, SettingsSnapshot, Severity
from loyaltycore.kernel.validation import Faults
from tests.domain.customers.forms import TODAY

CUSTOM: Final = CustomFields(
    [
        CustomField("shoe_size", FieldKind.INTEGER, label="Shoe size", group="Fitting"),
        CustomField("shoe", FieldKind.FLAG),
        CustomField("frame", FieldKind.CHOICE, choices=("metal", "horn")),
    ]
)
FIELDS: Final = watchable(CUSTOM)
READING: Final = Reading(TODAY, "DE", CUSTOM)

OWN: Final = tuple(
    Option(f"shop.{key}", False, "", watches=(key,), severity=severity)
    for key in FIELDS
    for severity in [Severity.REQUIRE if len(key) % 2 else Severity.REMIND]
)
"""An option of the host application for each field."""

OPTIONS: Final[tuple[Option[Any], ...]] = (*core_options(), *OWN)


@frozen
class Filling:
    """A customer before and after some fields were filled in."""

    before: Customer
    after: Customer


def customer(**fields: Any) -> Customer:
    """A customer as the form makes one."""
    faults = Faults()
    made = read_new(faults, {"last_name": "M", **fields}, READING)
    faults.raise_if_any()
    return made


def watch(*options: Option[bool], months: int = 0) -> Watching:
    """What is watched where these options are on."""
    values = {**{option.key: True for option in options}, ASK_AGAIN_MONTHS.key: months}
    return watching(OPTIONS, SettingsSnapshot(values), FIELDS)


def watchings() -> st.SearchStrategy[Watching]:
    """Any of the options on, and any pause between questions."""
    switches = [option for option in OPTIONS if option.watches]
    return st.builds(
        lambda on, months: watch(*on, months=months),
        st.lists(st.sampled_from(switches), unique_by=lambda option: option.key),
        st.sampled_from([0, 1, 12]) | st.integers(0, MOST_MONTHS),
    )


def asked() -> st.SearchStrategy[dict[str, date]]:
    """What was asked for when."""
    days = st.sampled_from([TODAY - timedelta(days=days) for days in (0, 1, 30, 31, 400, 2000)])
    return st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, days))


_TEXTS: Final = st.sampled_from(["", "x"])
_CONSENTS: Final = st.sampled_from(ConsentState)
_DAYS: Final = st.sampled_from([None, date(2000, 2, 29)])
_PHONES: Final = st.sets(
    st.sampled_from(
        [
            Phone("+493012345678", PhoneKind.LANDLINE),
            Phone("+491701234567", PhoneKind.MOBILE),
            Phone("+493012345670", PhoneKind.FAX),
        ]
    )
)
_STREETS: Final = st.sampled_from(["", "Weg 1"])
_ADDRESSES: Final = st.lists(
    st.builds(
        Address, _STREETS, st.just("10969"), st.just("Berlin"), st.just("DE"), st.sampled_from(AddressKind)
    ),
    max_size=2,
    unique_by=lambda address: address.kind,
)
_OWN: Final = st.fixed_dictionaries(
    {}, optional={"shoe_size": st.integers(0, 1), "shoe": st.booleans(), "frame": st.just("horn")}
)
_FULL: Final = {
    "kind": st.sampled_from(CustomerKind),
    "salutation": st.sampled_from([None, *Salutation]),
    **dict.fromkeys(("title", "first_name", "name_extension", "notes", "external_number"), _TEXTS),
    "email": st.sampled_from(["", "e@example.org"]),
    "phones": _PHONES.map(lambda found: sorted(found, key=lambda phone: phone.number)),
    "addresses": _ADDRESSES,
    "birth_date": _DAYS,
    "customer_since": _DAYS,
    "language": st.sampled_from(["", "de"]),
    "preferred_channel": st.sampled_from([None, Channel.EMAIL]),
    "privacy": _CONSENTS,
    **dict.fromkeys(("consent_letter", "consent_email", "consent_phone", "consent_sms"), _CONSENTS),
    "branch_id": st.sampled_from(["", "berlin"]),
    "custom": _OWN,
}
"""Few values of each field: what counts here is whether there is one."""


@st.composite
def full_forms(draw: st.DrawFn) -> dict[str, Any]:
    """Forms of every field, those of the host application included."""
    form: dict[str, Any] = draw(st.fixed_dictionaries(_FULL))
    name, other = ("last_name", "company")[:: 1 if form["kind"] is CustomerKind.PERSON else -1]
    form |= {name: "M", other: draw(_TEXTS)}
    if form["privacy"] is not ConsentState.OPEN:
        form["privacy_date"] = draw(_DAYS)
    return form


def customers() -> st.SearchStrategy[Customer]:
    """Customers with any data."""
    return full_forms().map(lambda form: customer(**form))


@st.composite
def fillings(draw: st.DrawFn) -> Filling:
    """A customer who lacks some of the fields, and the same one with all of them."""
    full = draw(full_forms())
    kept = {"kind", "company" if full["kind"] is CustomerKind.COMPANY else "last_name"}
    kept |= draw(st.sets(st.sampled_from(sorted(full))))
    part = {name: value for name, value in full.items() if name in kept}
    part["custom"] = {key: part["custom"][key] for key in part.get("custom", {}) if draw(st.booleans())}
    part["phones"] = [phone for phone in full["phones"] if draw(st.booleans())]
    part["addresses"] = [address for address in full["addresses"] if draw(st.booleans())]
    if "privacy" not in part:
        part.pop("privacy_date", None)
    return Filling(customer(**{"last_name": "", **part}), customer(**full))
