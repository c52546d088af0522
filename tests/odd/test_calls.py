"""Whatever an argument is, a verb answers soon, with one typed error that has an end, or it does what it says."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from itertools import islice
from types import FrameType
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import (
    DeliveryFailed,
    InvalidInput,
    KeyReused,
    LoyaltyError,
    NotFound,
    Refused,
    WebhookRejected,
)
from loyaltycore.errors import LONGEST_FAULT, LONGEST_MESSAGE, LONGEST_PLACE, MOST_FAULTS
from tests.odd.doors import Target, targets
from tests.odd.shop import Shop, open_shop
from tests.odd.values import ODD

TARGETS: Final = targets()
COMMANDS: Final = tuple(target for target in TARGETS if target.is_command)[::6]
"""Some arguments of commands: whatever they are, one place writes them down."""

TYPED: Final = (InvalidInput, NotFound, Refused, KeyReused, DeliveryFailed, WebhookRejected)
"""What is wrong with the data, a key, the time or a vendor's call; nothing that says try again or mend the program."""

OWN_ERRORS: Final = {
    "Customers.import_file(source)": (OSError, ZeroDivisionError),
    "Customers.import_file(rejected_to)": (OSError, ZeroDivisionError),
    "Customers.import_file(on_progress)": TypeError,
    "Privacy.export(to)": (OSError, TypeError, ZeroDivisionError),
    "Programs.use_many(uses)": ZeroDivisionError,
    "Sales.simulate(history)": ZeroDivisionError,
    "Vouchers.import_codes(codes)": ZeroDivisionError,
}
"""Whose fault it is that a file is not there, or that a caller's own function fails."""

SOON: Final = 5.0
"""Seconds: what has no end would take longer."""


class NoEnd(BaseException):
    """A call took too long."""


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise NoEnd


@contextmanager
def soon() -> Iterator[None]:
    """Stop what has no end."""
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, SOON)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def has_an_end(error: LoyaltyError) -> bool:
    """Whether an error can be shown, logged and sent to another process, however much was wrong."""
    faults = error.faults if isinstance(error, InvalidInput) else ()
    return (
        len(str(error)) <= LONGEST_MESSAGE
        and len(pickle.dumps(error)) < 10 * LONGEST_FAULT * MOST_FAULTS
        and len(faults) <= MOST_FAULTS
        and all(len(each.field) <= LONGEST_PLACE and len(each.message) <= LONGEST_FAULT for each in faults)
    )


def try_out(shop: Shop, target: Target, value: Any, key: str = "") -> str:
    """Call a verb, put the shop back, and say what was wrong with the answer, or nothing."""
    before = shop.shelf.snapshot()
    try:
        with soon():
            answer = target.call(shop, value, key)
            if isinstance(answer, Iterator):
                list(islice(answer, 3))
    except TYPED as error:
        if shop.shelf.differs_from(before):
            return f"raised {type(error).__name__} and changed something"
        return "" if has_an_end(error) else f"{type(error).__name__} has no end"
    except (Exception, NoEnd) as error:  # noqa: BLE001  that is what this is about
        own = isinstance(error, OWN_ERRORS.get(str(target), ()))
        return "" if own else f"raised {type(error).__name__}"
    finally:
        shop.shelf.restore(before)
    return ""


@pytest.fixture(scope="module", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder for the files that an import makes under odd names."""
    with chdir(tmp_path_factory.mktemp("odd")):
        yield


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A shop that is put back after every call."""
    return open_shop()


def test_every_door_is_found() -> None:
    """The law below holds for what is found here, so it must be all."""
    names = {target.name for target in TARGETS}
    assert {
        "Customers.create",
        "CardSetup.save",
        "ProcessTemplates.add_step",
        "Settings.__getitem__",
    } <= names
    assert {"Selections.stream", "Loyalty.receive_webhook", "Session.keyed", "Invoices.write"} <= names
    assert len(names) > 100
    assert len(TARGETS) > 300


@pytest.mark.parametrize("name", ODD)
def test_an_odd_argument_is_refused_by_name_and_changes_nothing(shop: Shop, name: str) -> None:
    """Every argument of every verb: too large, endless, self-referring, hostile, lying or of another type."""
    wrong = {str(target): try_out(shop, target, ODD[name]()) for target in TARGETS}
    assert {target: said for target, said in wrong.items() if said} == {}


@pytest.mark.parametrize("name", ODD)
def test_a_key_makes_no_difference(shop: Shop, name: str) -> None:
    """Writing an argument down, to recognise it when the call is repeated, fails as readably as reading it does."""
    wrong = {str(target): try_out(shop, target, ODD[name](), "till-1") for target in COMMANDS}
    assert {target: said for target, said in wrong.items() if said} == {}


odd_values = st.sampled_from(sorted(ODD)).map(lambda name: ODD[name]())
nested = st.recursive(
    odd_values,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner),
        st.dictionaries(
            st.sampled_from(("kind", "parts", "field", "operator", "value", "date", "size")), inner
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=400)
@given(target=st.sampled_from(TARGETS), value=nested, key=st.sampled_from(("", "till-1")))
def test_an_odd_value_is_no_better_inside_a_list_or_a_mapping(
    target: Target, value: object, key: str
) -> None:
    """At any place in what is given, the same holds."""
    assert try_out(_inside(), target, value, key) == ""


_SHOPS: Final[list[Shop]] = []


def _inside() -> Shop:
    """One shop for all examples."""
    if not _SHOPS:
        _SHOPS.append(open_shop())
    return _SHOPS[0]
