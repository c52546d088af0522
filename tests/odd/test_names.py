"""A mistyped name is answered with the one that was meant, at every door."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import pytest

from loyaltycore import Capability, CustomField, InvalidInput, Loyalty, LoyaltyError, plugins
from loyaltycore.kernel.branches import Branch
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import PrintOrder, Query, RecordType, stored
from loyaltycore.selections import FieldCondition, RelatedCondition
from loyaltycore.settings import Option
from loyaltycore_email import SmtpMailer
from loyaltycore_holidays import HolidayCalendar
from loyaltycore_sql import SqlStorage
from tests.odd.doors import _caller, _methods, _services
from tests.odd.shop import Shop, open_shop


def _slip(name: str) -> str:
    """A name in which a finger stayed too long."""
    return name + name[-1]


def _forms() -> Iterator[tuple[str, Any]]:
    """Each field of each form, mistyped, with the call that gives it."""
    for path, service in _services(open_shop().desk):
        for name, method in _methods(type(service)):
            for parameter in inspect.signature(method).parameters.values():
                annotation = str(parameter.annotation)
                if parameter.kind is inspect.Parameter.VAR_KEYWORD and annotation.startswith("Unpack["):
                    home = sys.modules[inspect.unwrap(method).__module__]
                    fields = typing.get_type_hints(getattr(home, annotation[len("Unpack[") : -1]))
                    for field in fields:
                        where = f"{type(service).__name__}.{name}({field})"
                        yield where, (field, _caller(path, name, method, _slip(field)))


def _choices() -> Iterator[tuple[str, Any]]:
    """Each member of each choice, mistyped, with the call that gives it."""
    for path, service in _services(open_shop().desk):
        for name, method in _methods(type(service)):
            for argument, hint in _hints(method).items():
                for kind in (hint, *typing.get_args(hint)):
                    if inspect.isclass(kind) and issubclass(kind, Enum):
                        where = f"{type(service).__name__}.{name}({argument})"
                        yield where, (kind, _caller(path, name, method, argument))


def _hints(method: Callable[..., Any]) -> Mapping[str, Any]:
    verb = inspect.unwrap(method)
    home = vars(sys.modules[verb.__module__])
    found = {}
    for name, annotation in verb.__annotations__.items():
        if annotation.startswith("Unpack["):
            found |= typing.get_type_hints(home[annotation[len("Unpack[") : -1]])
        elif name != "return" and annotation.endswith(("| str", "| str | None")):
            found[name] = eval(annotation, home)  # noqa: S307  our own annotations
    return found


FORMS: Final = dict(_forms())
CHOICES: Final = dict(_choices())


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A shop in which nothing changes."""
    return open_shop()


def test_the_forms_and_choices_are_found() -> None:
    """The laws below hold for what is found here."""
    assert {
        "Customers.change(last_name)",
        "Branches.create(country)",
        "CardSetup.save(cycle)",
    } <= FORMS.keys()
    assert {"Customers.create(salutation)", "Cards.order(target)", "Invoices.find(state)"} <= CHOICES.keys()
    assert len(FORMS) > 100
    assert len(CHOICES) > 30


@pytest.mark.parametrize("where", FORMS)
def test_a_mistyped_field_is_answered_with_the_right_one(shop: Shop, where: str) -> None:
    """Whatever verb has the form: the fault of that name says which field was meant."""
    field, call = FORMS[where]
    with pytest.raises(InvalidInput) as refused:
        call(shop, "x", "")
    said = {fault.field: (fault.code, fault.message) for fault in refused.value.faults}
    sentence = f"'{_slip(field)}'; did you mean '{field}'?"
    code, message = said[_slip(field)]
    assert code == "unknown_field"
    assert message in {f"there is no field {sentence}", f"there is no filter {sentence}"}


@pytest.mark.parametrize("where", CHOICES)
def test_a_mistyped_word_is_answered_with_the_right_one(shop: Shop, where: str) -> None:
    """Every word of every choice that a verb takes as text."""
    kind, call = CHOICES[where]
    for member in kind:
        with pytest.raises(InvalidInput) as refused:
            call(shop, _slip(member.value), "")
        sentence = f"there is no choice '{_slip(member.value)}'; did you mean '{member.value}'?"
        assert ("unknown_choice", sentence) in {(fault.code, fault.message) for fault in refused.value.faults}


def _count(shop: Shop, **facts: Any) -> object:
    return shop.desk.selections.count({"kind": "field", "operator": "is", "value": "x", **facts})


def _template(shop: Shop, step_type: str, **settings: Any) -> object:
    return shop.desk.processes.templates.add_step("supply", step_type, name="New", settings=settings)


def _execute(shop: Shop, step: str, **given: Any) -> object:
    return shop.desk.processes.execute_step(shop.facts["process"], step, **given)


def _imported(shop: Shop, header: str, field: str) -> object:
    return shop.desk.customers.import_file([b"last_name\nMuster\n"], columns={header: field})


def _found(shop: Shop, query: Query) -> object:
    with shop.shelf.transaction(read_only=True) as tx:
        return list(tx.find(Branch, query))


def _record(**facts: Any) -> Loyalty:
    record = RecordType(cls=PrintOrder, table="own", **facts)
    return Loyalty(MemoryStorage(), capabilities=[Capability(name="own", records=(record,))])


def _watching(name: str) -> Loyalty:
    option = Option("own.watch", default=False, description="Watch it.", watches=(name,))
    return Loyalty(MemoryStorage(), capabilities=[Capability(name="own", options=(option,))])


ELSEWHERE: Final[Mapping[str, Callable[[Shop], object]]] = {
    # what is meant: a call in which it is mistyped
    "cards.number_prefix": lambda shop: shop.desk.settings.option("cards.number_prefx"),
    "gold": lambda shop: shop.desk.cards.order(shop.facts["customer"], template="glod"),
    "round": lambda shop: shop.desk.properties.assign(shop.facts["customer"], "frame", "ruond"),
    "customers": lambda shop: shop.desk.activities.of_record("customer", shop.facts["customer"]),
    "document": lambda shop: shop.desk.processes.skip_step(shop.facts["process"], "documnt"),
    "assign_property": lambda shop: shop.desk.processes.templates.move_step("supply", "asign_property", 0),
    "complete_data": lambda shop: _template(shop, "complete_date"),
    "value": lambda shop: _template(shop, "assign_property", property="frame", vlue="round"),
    "square": lambda shop: _template(shop, "assign_property", property="frame", value="sqare"),
    "email": lambda shop: _template(shop, "complete_data", fields="emial"),
    "comment": lambda shop: _execute(shop, "assign_property", coment="x", value="round"),
    "note": lambda shop: _execute(shop, "task", noet="x"),
    "size": lambda shop: shop.desk.customers.create(last_name="x", custom={"sise": 7}),
    "blue": lambda shop: shop.desk.customers.create(last_name="x", custom={"colour": "bleu"}),
    "birth_date": lambda shop: shop.desk.completeness.gaps(field="birthdate"),
    "card-printer": lambda shop: shop.loyalty.receive_webhook("card_printer", {}, b""),
    "Europe/Berlin": lambda shop: shop.desk.branches.change("berlin", time_zone="Europe/Berln"),
    "yyyy": lambda shop: shop.desk.settings.change(
        shop.desk.settings.option("customers.number_pattern"), "{yyy}{n}"
    ),
    "ean13": lambda shop: shop.desk.settings.change(
        shop.desk.settings.option("cards.number_scheme"), "ean31"
    ),
    "external_number": lambda shop: _imported(shop, "last_name", "externalnumber"),
    "last_name": lambda shop: _imported(shop, "last_nam", ""),
    "postal_code": lambda shop: shop.desk.selections.count(FieldCondition("postcode", "is", "x")),
    "cards": lambda shop: shop.desk.selections.count(RelatedCondition("card")),
    "field": lambda shop: _count(shop, kind="feild", field="email"),
    "operator": lambda shop: _count(shop, field="email", operater="is"),
    "begins": lambda shop: _count(shop, field="email", operator="begin"),
    "months": lambda shop: _count(shop, field="birth_date", value={"relative": {"month": 1}}),
    "person": lambda shop: _count(shop, field="kind", value="persn"),
    "country": lambda shop: _found(shop, Query(stored("contry") == "DE")),
    "subdivision": lambda shop: _found(shop, Query(order_by=("-subdivison",))),
    "reference": lambda _: _record(key="referense"),
    "custom.size": lambda _: Loyalty(
        MemoryStorage(),
        custom_fields=[CustomField("size", "integer")],
        capabilities=[
            Capability(
                name="own",
                options=(Option("own.watch", default=False, description="", watches=("custom.sise",)),),
            )
        ],
    ),
    "mobile": lambda _: _watching("mobil"),
    "integer": lambda _: Loyalty(MemoryStorage(), custom_fields=[CustomField("size", "integr")]),
    "shop_invoices": lambda shop: shop.loyalty.registry.named("shop_invoice"),
    "smtp": lambda _: plugins.load(plugins.MAILER, "smpt"),
    "starttls": lambda _: SmtpMailer(host="mail.example", sender="shop@example.org", security="startls"),
    "sqlite": lambda _: SqlStorage("sqllite:///shop.db"),
    "Bayern": lambda _: HolidayCalendar("DE", subdivision="Bayren"),
    "Augsburg": lambda _: HolidayCalendar("DE", subdivision="BY", municipality="Augsburgg"),
    "public": lambda _: HolidayCalendar("DE", categories=("publik",)),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_mistyped_name_is_answered_wherever_it_is_looked_up(shop: Shop, name: str) -> None:
    """Keys, steps, tables, columns, conditions, declarations, adapters and their options: one sentence for all."""
    before = shop.shelf.snapshot()
    with pytest.raises(LoyaltyError, match=re.escape(f"; did you mean '{name}'?")):
        ELSEWHERE[name](shop)
    assert not shop.shelf.differs_from(before)
