"""Every verb behind every door of the library, found by looking, with arguments that fit."""

from __future__ import annotations

import inspect
import sys
import threading
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from io import BytesIO
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from invoices import Invoices, Line
from loyaltycore import Money
from loyaltycore.booking import BookingRequest, BusyTime
from loyaltycore.cards.rules.options import INFORMATION_EMAIL
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.desk import Desk
from loyaltycore.merging import MergePlan
from loyaltycore.programs import OfflineUse
from loyaltycore.sales import Order, OrderLine, PastOrder
from loyaltycore.selections import FieldCondition
from loyaltycore.templates import Channel, MessageText
from loyaltycore.work.service import Service
from tests.house import COSTS, GOLD
from tests.odd.shop import SETTLED, START, Shop
from tests.services.programs import BATTERIES

_BOUGHT: Final = (Line("Case", Money(1250, "EUR")),)
_ORDER: Final = Order("R-1", None, [OrderLine("1", "case", Money(1250, "EUR"))])
_STEPS: Final = ("custom", "task", "complete_data", "assign_property", "order_card", "document")

_STOPPED: Final = threading.Event()
_STOPPED.set()

FITTING: Final[Mapping[str, Any]] = {
    "branch_id": "berlin",
    "by": "email",
    "costs": COSTS,
    "key": "frame",
    "lines": _BOUGHT,
    "name": "Name",
    "number": "7",
    "option": INFORMATION_EMAIL,
    "position": 0,
    "provider": "Kartendruck",
    "query": "ref=a.b&type=1",
    "source": [b"last_name\nMuster\n"],
    "step": "task",
    "step_id": "task",
    "step_type": "task",
    "table": "customers",
    "template": "supply",
    "templates": [GOLD],
    "value": "round",
    "values": ["square", "round"],
    "where": FieldCondition("last_name", "begins", "M"),
    "starts_at": START + timedelta(days=1),
    "first": START.date(),
    "last": START.date(),
    "day": START.date(),
    "days": 3,
    "request": BookingRequest("Erika", "Muster", "erika@example.org", "0170 1234567"),
    "template_id": "test",
    "token": "no-such-token",
    "branch": "berlin",
    "actor": "anna",
    "headers": {},
    "body": b"",
    "kind": Invoices,
    "older_than": timedelta(days=90),
    "purpose": "card.ordered",
    "texts": [MessageText(Channel.EMAIL, "de", "{{ greeting }}", "Karte")],
    "stop": _STOPPED,
    "confirm": "no confirmation",
    "to": BytesIO(),
    "plan": MergePlan(Customer("nobody"), Customer("no-one"), ()),
    "program": "batteries",
    "terms": BATTERIES,
    "reason": "why",
    "spent": Money(2500, "EUR"),
    "code": "SOMMER26",
    "prefixes": ["99"],
    "count": 3,
    "codes": ["FOREIGN1"],
    "month": 202001,
    "start": START.date(),
    "end": START.date(),
    "uses": [OfflineUse("nothing", "R-1")],
    "order_ref": "R-1",
    "order": _ORDER,
}
"""What an argument of that name has to be given, so that the others are looked at; ids come from the shop."""

OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = {
    "Branches.create": {"branch_id": "bonn"},
    "PropertyDefinitions.define": {"key": "new"},
    "PropertyDefinitions.add_value": {"value": "oval"},
    "Settings.change": {"value": "laden@example.org"},
    "Settings.__getitem__": {},
    "ProcessTemplates": {"key": "supply"},
    "ProcessTemplates.create": {"key": "new"},
    "Appointments": {"template": "test"},
    "WaitingList": {"template": "test", "name": "Max Muster", "contact": "030 1234567"},
    "OnlineBooking.book": {"resource_id": "room"},
    "OnlineBooking.hold": {"resource_id": "room"},
    "PlannerSetup.save_resource": {"resource_id": "new", "name": "New"},
    "PlannerSetup.save_template": {"template_id": "new", "name": "New", "length": 30},
    "PlannerSetup.block": {
        "resource_id": "room",
        "times": [BusyTime(START, START + timedelta(hours=1))],
        "since": START,
        "until": START + timedelta(days=3),
    },
    "MessageTemplates": {"name": "ours"},
    "MessageTemplates.version": {"name": "ours", "number": 1},
    "Loyalty.receive_webhook": {"source": "card-printer"},
    "Session.keyed": {"key": "till-1"},
    "Programs": {"key": "batteries"},
    "Programs.define": {"key": "new"},
    "Issuers": {"key": "partner"},
    "Issuers.save": {"key": "new"},
    "Vouchers": {"program": "autumn"},
    "Vouchers.take_back": {"move_id": "nothing"},
    "Programs.remove": {"key": "draft"},
    "Programs.adjust": {"by": 1},
    "Sales": {"order_ref": SETTLED},
    "Sales.refund": {"number": "G-1"},
    "Sales.simulate": {"history": [PastOrder(_ORDER, START)]},
}
"""Where the same name means something else."""

ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "Worklist.open_steps": ("template",),
    "Selections.explain": ("where",),
    "Appointments.make": ("template",),
    "PlannerSetup.save_resource": ("name",),
    "PlannerSetup.save_template": ("name", "length"),
}
"""What is given although it need not be, because only then the other arguments are looked at."""

_NOT_VERBS: Final = {
    *("bound", "unit", "today", "begin", "transaction"),  # how verbs reach their unit of work
    *("each", "added", "collected", "offers"),  # how capabilities reach one another
    "service",  # tried with what is made
}
"""What is not there for callers, or is tried elsewhere."""


@frozen
class Target:
    """A verb, and one argument of it that can be given anything."""

    name: str
    """Class and method."""
    argument: str
    call: Callable[[Shop, Any, str], Any]
    """Calls it with a value for the argument, under a key or none."""
    is_command: bool
    """Whether a key means something to it."""

    def __str__(self) -> str:
        return f"{self.name}({self.argument})"


def targets() -> tuple[Target, ...]:
    """Every argument of every verb."""
    return tuple(_all())


def _all() -> Iterator[Target]:
    from tests.odd.shop import open_shop

    shop = open_shop()
    for path, service in _services(shop.desk):
        for name, method in _methods(type(service)):
            for argument in _arguments(method):
                yield Target(
                    f"{type(service).__name__}.{name}",
                    argument,
                    _caller(path, name, method, argument),
                    hasattr(method, "command") or name == "start",
                )
    for owner, reach in _OTHERS.items():
        for name, method in _methods(owner):
            for argument in _arguments(method):
                yield Target(
                    f"{owner.__name__}.{name}", argument, _reaching(reach, name, method, argument), False
                )


def _services(desk: Desk) -> Iterator[tuple[Callable[[Desk], Service], Service]]:
    """All services that a desk leads to."""
    reach: list[Callable[[Desk], Service]] = [lambda desk: desk.service(Invoices)]
    reach += [
        attrgetter(name)
        for name in sorted(vars(Desk))
        if not name.startswith("_") and isinstance(getattr(desk, name), Service)
    ]
    for each in reach:
        service = each(desk)
        yield each, service
        for name, value in inspect.getmembers(type(service), lambda value: isinstance(value, property)):
            if name not in _NOT_VERBS and isinstance(value.fget(service), Service):
                inner = _inner(each, name)
                yield inner, inner(desk)


def _inner(outer: Callable[[Desk], Service], name: str) -> Callable[[Desk], Service]:
    return lambda desk: getattr(outer(desk), name)


def _methods(owner: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(owner, inspect.isfunction):
        if name == "__getitem__" or not (name.startswith("_") or name in _NOT_VERBS):
            yield name, method


def _arguments(method: Callable[..., Any]) -> Iterator[str]:
    """The names of arguments, those of a form included."""
    for name, parameter in list(inspect.signature(method).parameters.items())[1:]:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            yield from _form(method, str(parameter.annotation))
        else:
            yield name


def _form(method: Callable[..., Any], annotation: str) -> Iterator[str]:
    fields = annotation.removeprefix("Unpack[").removesuffix("]")
    home = sys.modules[inspect.unwrap(method).__module__]
    if fields == "Any":
        yield from (f"{step}:{name}" for step in _STEPS for name in _GIVEN_TO_STEPS)
    else:
        yield from typing.get_type_hints(getattr(home, fields))
    yield "no_such_field"


_GIVEN_TO_STEPS: Final = (
    "note", "value", "comment", "template", "valid_until", "valid_for", "target", "reference", "printed",
    "last_name", "phones", "addresses", "mobile", "postal_address", "custom", "custom.size", "birth_date",
)  # fmt: skip


def _caller(
    path: Callable[[Desk], Service], name: str, method: Callable[..., Any], argument: str
) -> Callable[[Shop, Any, str], Any]:
    def call(shop: Shop, value: Any, key: str) -> Any:
        desk = shop.desk.keyed(key) if key else shop.desk
        return _call(path(desk), name, method, argument, value, shop.facts)

    return call


def _reaching(
    reach: Callable[[Shop], Any], name: str, method: Callable[..., Any], argument: str
) -> Callable[[Shop, Any, str], Any]:
    return lambda shop, value, _key: _call(reach(shop), name, method, argument, value, shop.facts)


def _call(
    owner: Any, name: str, method: Callable[..., Any], argument: str, value: Any, facts: Mapping[str, str]
) -> Any:
    """Call a method with what fits, and the value in its place."""
    given = {"step_id" if each == "step" else f"{each}_id": known for each, known in facts.items()}
    given |= dict.fromkeys(("survivor", "loser", "other_id"), facts["customer"])
    fitting = {
        **FITTING,
        **given,
        "customer": facts["customer"],
        **_otherwise(type(owner), name),
        **({"key": "x"} if name == "of_record" else {}),
    }
    also = [each for kind in type(owner).__mro__ for each in ALSO.get(f"{kind.__name__}.{name}", ())]
    step, _, field = argument.rpartition(":")
    if step:
        fitting["step_id"] = step
    positional, named = [], {}
    for each, parameter in list(inspect.signature(method).parameters.items())[1:]:
        wanted = each in also or (
            parameter.default is inspect.Parameter.empty and parameter.kind not in _VARIABLE
        )
        if each != argument and not wanted:
            continue
        used = value if each == argument else fitting[each]
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[each] = used
        else:
            positional.append(used)
    if field not in inspect.signature(method).parameters:
        named[field] = value
    return getattr(owner, name)(*positional, **named)


_VARIABLE: Final = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}


def _otherwise(kind: type, name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        found |= OTHERWISE.get(each.__name__, {})
        found |= OTHERWISE.get(f"{each.__name__}.{name}", {})
    return found


def _others() -> Mapping[type, Callable[[Shop], Any]]:
    from loyaltycore.loyalty import Loyalty
    from loyaltycore.outbox.worker import Worker
    from loyaltycore.work.session import Session

    return {
        Loyalty: lambda shop: shop.loyalty,
        Session: lambda shop: shop.desk,
        Worker: lambda shop: shop.loyalty.worker(),
    }


_OTHERS: Final = _others()
