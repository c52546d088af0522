"""What a host application declares: a mistake is refused at the start, or where it stands, and in clear words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest
from attrs import define, evolve, frozen

from loyaltycore import (
    Capability,
    Decision,
    Loyalty,
    Note,
    Point,
    RegistrationError,
    Service,
    command,
    query,
)
from loyaltycore.capabilities import CAPABILITIES
from loyaltycore.cards import NUMBER_PREFIX, Cards, CardSetup
from loyaltycore.memory import MemoryMailer, MemoryStorage
from loyaltycore.outbox import COUNTED, HANDLERS, NEWS, REQUEUE_CHECKS, Counted, Intake, Outcome, Verdict
from loyaltycore.ports import CustomerLink, OnErase, OnExport, OnMerge, RecordType
from loyaltycore.processes import STEP_TYPES, StepType, StepValues, StepWork
from loyaltycore.selections import (
    SELECTABLE,
    FieldCondition,
    Selectable,
    SelectableField,
    ValueType,
    operators_of,
)
from loyaltycore.selections.rules.sources import Column
from loyaltycore.settings import Option
from loyaltycore.testing import commands_of

if TYPE_CHECKING:
    from decimal import Decimal


class Notes(Service):
    """A service of a host."""

    @query
    def hello(self) -> str:
        return f"hello {self.session.actor}"


class Mood(Enum):
    GOOD = "good"


class Weather(Enum):
    FINE = "fine"


@frozen
class Slip:
    id: str
    state: Mood = Mood.GOOD
    version: int = 1


@frozen
class Owned:
    id: str
    customer_id: str
    version: int = 1


@frozen
class Unreadable:
    id: str
    price: Decimal
    version: int = 1


class Bell:
    """A handler that does nothing."""

    def __init__(self, kind: str = "shop.ring") -> None:
        self.kind = kind

    def deliver(self, message: object) -> Outcome:
        return Outcome(Verdict.DONE)

    def settle(self, unit: object, message: object, outcome: Outcome) -> None:
        pass


class Hoarder(Bell):
    """It holds no message at all."""

    at_once = 0


class Gossip:
    """A source of news that knows nothing."""

    is_set_up = sends_webhooks = True

    def __init__(self, name: str) -> None:
        self.name = name

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        return Intake(taken=len(body))

    def catch_up(self) -> Intake:
        return Intake()


class Nod(StepType):
    label: ClassVar[str] = "Nod"

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        return {}


def _field(key: str) -> SelectableField:
    return SelectableField(
        key, key, "shop", ValueType.TEXT, operators_of(ValueType.TEXT), Column("language", blank=True)
    )


def _slips(**facts: Any) -> RecordType[Slip]:
    return RecordType(**{"cls": Slip, "table": "shop_slips", "indexes": (("state", "id"),), **facts})


BELL: Final = Bell()
LINK: Final = CustomerLink(
    field="customer_id", merge=OnMerge.MOVE, export=OnExport.OMIT, erase=OnErase.REMOVE
)
OWN: Final = Point[str, str]("greetings", " ".join)


def _shop(**parts: Any) -> Capability:
    return Capability(**{"name": "shop", **parts})


def _adding(point: Point[Any, Any], *things: Any) -> Callable[[], Capability]:
    return lambda: _shop(adds=(point.by(lambda _: things),))


WRONG: Final[Mapping[str, tuple[Callable[[], Any], str]]] = {
    "no capability": (lambda: Slip, "is no Capability"),
    "a name twice": (lambda: _shop(name="cards"), "capability 'cards' is registered twice"),
    "a bad name": (lambda: _shop(name="My shop"), "'My shop': its name must be"),
    "the service itself": (lambda: _shop(service=Notes), "lambda: Notes"),
    "a service that is none": (lambda: _shop(service=lambda: Slip), "<class Slip> is no subclass of Service"),
    "a list of records": (lambda: _shop(records=[_slips()]), "`records` is a tuple"),
    "a class as a record": (lambda: _shop(records=(Slip,)), "is no RecordType"),
    "an option twice": (lambda: _shop(options=(NUMBER_PREFIX,)), "'cards.number_prefix' is registered twice"),
    "an option of another type": (
        lambda: _shop(options=(Option("shop.rate", 1.5, "The rate."),)),  # wrong on purpose
        "1.5 is no str, int or bool",
    ),
    "a point without `by`": (lambda: _shop(adds=(HANDLERS,)), "is no Addition"),
    "no function at a point": (
        lambda: _shop(adds=(HANDLERS.by(BELL),)),
        "is no function of the house",
    ),  # wrong on purpose
    "nothing at a point": (
        lambda: _shop(adds=(HANDLERS.by(lambda _: None),)),  # wrong on purpose
        "None is no series of outbox handlers",
    ),
    "a handler's class": (_adding(HANDLERS, Bell), "is no outbox handler"),
    "a handler without a kind": (_adding(HANDLERS, object()), "is no outbox handler"),
    "a handler with an odd kind": (_adding(HANDLERS, Bell(5)), "`kind` is a text, not 5"),
    "a handler that holds nothing": (_adding(HANDLERS, Hoarder()), "`at_once` is at least 1, not 0"),
    "additions that ask for one another": (
        lambda: _shop(adds=(OWN.by(lambda house: [house.added(OWN)]),)),
        "greetings: additions ask for one another",
    ),
    "a service by its name": (lambda: _shop(service="Notes"), "`service` is a function, not 'Notes'"),
    "a check that cannot be called": (lambda: _shop(check=3), "`check` is a function, not 3"),
    "blanks around a name": (lambda: _shop(name=" shop"), "has blanks around it"),
    "blanks around a source": (_adding(NEWS, Gossip(" gossip")), "has blanks around it"),
    "a customer who is no text": (
        lambda: _shop(records=(_slips(customer=evolve(LINK, field="version")),)),
        "the customer's id in version must be text",
    ),
    "two handlers of a kind": (_adding(HANDLERS, Bell(), Bell()), "two handlers for 'shop.ring'"),
    "a handler that the library has": (_adding(HANDLERS, Bell("email.send")), "MailHandler and Bell"),
    "a news source twice": (_adding(NEWS, Gossip("card-printer")), "'card-printer' is registered twice"),
    "a news source with a bad name": (_adding(NEWS, Gossip("a b")), "news source 'a b': its name must be"),
    "no news source": (_adding(NEWS, "gossip"), "is no source of news"),
    "a step type without a key": (_adding(STEP_TYPES, Nod()), "step type Nod: key must not be empty"),
    "a step type's class": (_adding(STEP_TYPES, Nod), "give an instance"),
    "a check that is none": (_adding(REQUEUE_CHECKS, 7), "7 is no function"),
    "fields that are not looked up": (_adding(SELECTABLE, Selectable()), "is no function"),
    "a class that is counted": (_adding(COUNTED, Slip), "give a `Counted`"),
    "records counted twice": (
        _adding(COUNTED, *[Counted("Slips", Slip, Mood)] * 2),
        "two kinds of records are counted as 'Slips'",
    ),
    "unknown records are counted": (
        _adding(COUNTED, Counted("Slips", Slip, Mood)),
        "Slip is not a registered record type",
    ),
    "another state is counted": (
        lambda: _shop(records=(_slips(),), adds=(COUNTED.by(lambda _: [Counted("Slips", Slip, Weather)]),)),
        "`state` is no Weather",
    ),
    "counted without an index": (
        lambda: _shop(
            records=(_slips(indexes=()),), adds=(COUNTED.by(lambda _: [Counted("Slips", Slip, Mood)]),)
        ),
        "no index begins with `state`",
    ),
    "a customer without a link": (
        lambda: _shop(records=(RecordType(cls=Owned, table="shop_owned"),)),
        "shop_owned refers to a customer: say what merge, export and erase do",
    ),
    "a table of the library": (
        lambda: _shop(records=(RecordType(cls=Owned, table="cards", customer=LINK),)),
        "cards: registered twice",
    ),
    "types that only type checkers see": (
        lambda: _shop(records=(RecordType(cls=Unreadable, table="shop_unreadable"),)),
        "name 'Decimal' is not defined: what fields are annotated with is imported at run time",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_declaration_that_cannot_work_does_not_survive_the_start(mistake: str) -> None:
    """Whatever is wrong with it, the house is not put together, and the message says what to mend."""
    make, words = WRONG[mistake]
    with pytest.raises(RegistrationError) as refused:
        Loyalty(MemoryStorage(), mailer=MemoryMailer(), capabilities=[make()])
    assert words in str(refused.value)


@pytest.mark.parametrize("given", [None, 5, Capability(name="shop")])
def test_capabilities_are_a_list(given: Any) -> None:
    """One that is given bare is told from a list of one."""
    with pytest.raises(RegistrationError, match="is a list"):
        Loyalty(MemoryStorage(), capabilities=given)


def test_what_is_right_survives_the_start() -> None:
    """The parts that the mistakes are made of do work: none of them is refused for another reason."""
    shop = _shop(
        service=lambda: Notes,
        records=(_slips(), RecordType(cls=Owned, table="shop_owned", customer=LINK)),
        options=(Option("shop.rate", 15, "The rate."),),
        adds=(
            HANDLERS.by(lambda _: [Bell()]),
            NEWS.by(lambda _: [Gossip("gossip")]),
            COUNTED.by(lambda _: [Counted("Slips", Slip, Mood)]),
            REQUEUE_CHECKS.by(lambda _: [lambda *_: None]),
            SELECTABLE.by(lambda _: [lambda _: Selectable(fields=(_field("shop"),))]),
        ),
    )
    loyalty = Loyalty(MemoryStorage(), capabilities=[shop])
    desk = loyalty.session("anna")
    assert desk.service(Notes).hello() == "hello anna"
    assert desk.outbox.status().records["Slips"] == {Mood.GOOD: 0}
    assert loyalty.receive_webhook("gossip", {}, b"abc").taken == 3
    assert "shop.ring" in loyalty.worker().kinds
    assert desk.selections.count(FieldCondition("shop", "is_empty")) == 0


def test_a_handler_takes_the_place_of_an_adapter_that_is_not_there() -> None:
    """Without a mailer the library has no handler for mails, so a host may hand them over itself."""
    loyalty = Loyalty(MemoryStorage(), capabilities=[_adding(HANDLERS, Bell("email.send"))()])
    loyalty.session("anna").cards.request_information("How much?", to="karten@example.org")
    assert loyalty.deliver().done == 1


def test_a_service_that_nobody_declared_is_refused() -> None:
    """Who forgets to give the capability to the house hears of it before a verb fails on its records."""
    desk = Loyalty(MemoryStorage()).session("anna")
    with pytest.raises(RegistrationError, match="Notes is the service of no capability"):
        desk.service(Notes)
    with pytest.raises(RegistrationError, match="CardSetup is the service of no capability"):
        desk.service(CardSetup)
    assert desk.service(Cards) == desk.cards


def test_a_capability_may_add_to_another_one_of_the_host() -> None:
    """A host makes points of its own: what is added comes in the order of the capabilities."""
    one = Capability(name="one", adds=(OWN.by(lambda _: ["good"]),))
    two = Capability(
        name="two", adds=(OWN.by(lambda house: [f"morning {len(house.capabilities) - len(CAPABILITIES)}"]),)
    )
    loyalty = Loyalty(MemoryStorage(), capabilities=[one, two])
    assert loyalty.added(OWN) == "good morning 2"


def test_a_verb_works_on_a_service_with_fields_of_its_own() -> None:
    """A service may carry what its host needs, for example a port; a verb sees it."""

    @define(frozen=True)
    class Greeting(Service):
        word: str = "good day"

        @query
        def said(self) -> str:
            return f"{self.word}, {self.session.actor}, {self.unit.count(Slip)}"

    shop = _shop(service=lambda: Greeting, records=(_slips(),))
    desk = Loyalty(MemoryStorage(), capabilities=[shop]).session("anna")
    assert desk.service(Greeting).said() == "good day, anna, 0"


@pytest.mark.parametrize("name", ["", "x" * 61, None, len])
def test_a_command_has_a_name(name: Any) -> None:
    """A decorator without its name, and a name that no trace could keep, are refused where they are written."""
    with pytest.raises(RegistrationError, match="is no name of a command"):
        command(name)


def test_two_commands_do_not_share_a_name() -> None:
    """Under one key one would answer for the other: a test that lists the commands says so."""

    class Doubled(Service):
        @command("notes.take")
        def take(self) -> None: ...

        @command("notes.take")
        def leave(self) -> None: ...

    with pytest.raises(
        RegistrationError, match=r"two commands 'notes\.take': .*Doubled\.take and .*Doubled\.leave"
    ):
        commands_of(_shop(service=lambda: Doubled))


def test_a_note_names_a_record() -> None:
    """A note about nothing says so, instead of failing somewhere in the unit of work."""
    desk = Loyalty(MemoryStorage()).session("anna")
    with (
        pytest.raises(TypeError, match=r"the note 'shop\.opened' names no record"),
        desk.transaction() as unit,
    ):
        unit.apply(Decision(None, notes=(Note("shop.opened"),)))


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (Selectable(fields=(_field("shop"), _field("shop"))), "two fields 'shop'"),
        (Selectable(fields=(_field("email"),)), "two fields 'email'"),
        (Selectable(relations={"shop_slips": lambda field: field}), "records of 'shop_slips'"),
    ],
)
def test_what_would_be_overlooked_in_a_selection_is_refused(added: Selectable, words: str) -> None:
    """A field that there is already, and words about records that nobody is selected by."""
    shop = _shop(records=(_slips(),), adds=(SELECTABLE.by(lambda _: [lambda _: added]),))
    desk = Loyalty(MemoryStorage(), capabilities=[shop]).session("anna")
    with pytest.raises(RegistrationError, match=words):
        desk.selections.catalogue()
