"""Every error survives a pickle and a copy with its facts and its words."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

import loyaltycore
from loyaltycore import errors
from loyaltycore.cli.config import BadConfig
from loyaltycore.errors import Fault, LoyaltyError

FAULTS: Final = (Fault("email", "bad_email", "is not an e-mail address"), Fault("", "required", "is missing"))

SAMPLES: Final[dict[type[LoyaltyError], Callable[[], LoyaltyError]]] = {
    LoyaltyError: lambda: LoyaltyError("something"),
    errors.InvalidInput: lambda: errors.InvalidInput(FAULTS),
    BadConfig: lambda: BadConfig(Path("loyaltycore.toml"), FAULTS),
    errors.NotFound: lambda: errors.NotFound("card_order", "o-1"),
    errors.Refused: lambda: errors.Refused(
        "card_order.template_required", "several", remedy="name one", templates=("a", "b")
    ),
    errors.Conflict: lambda: errors.Conflict("somebody was faster"),
    errors.StaleRecord: lambda: errors.StaleRecord("cards", "c-1"),
    errors.DuplicateKey: lambda: errors.DuplicateKey("inbox", ("source", "event_id")),
    errors.SlotTaken: lambda: errors.SlotTaken("chair", "2026-01-15T09:00"),
    errors.EditedMeanwhile: lambda: errors.EditedMeanwhile("customer", "k-1", 1, 2),
    errors.KeyReused: lambda: errors.KeyReused("till-1", "cards.order"),
    errors.StorageError: lambda: errors.StorageError("disk full"),
    errors.StorageFull: lambda: errors.StorageFull("no room is left"),
    errors.StorageBusy: lambda: errors.StorageBusy("deadlock"),
    errors.StorageUnreachable: lambda: errors.StorageUnreachable("refused"),
    errors.CommitUnknown: lambda: errors.CommitUnknown("connection lost"),
    errors.SchemaError: lambda: errors.SchemaError("a column is missing"),
    errors.NotSetUp: lambda: errors.NotSetUp("/srv/shop/shpo.db"),
    errors.SchemaTooNew: lambda: errors.SchemaTooNew("0009", "0001"),
    errors.SchemaTooOld: lambda: errors.SchemaTooOld("", "0001"),
    errors.DeliveryFailed: lambda: errors.DeliveryFailed("bad_login", "535", permanent=True),
    errors.WebhookRejected: lambda: errors.WebhookRejected("stale", "too old"),
    errors.RegistrationError: lambda: errors.RegistrationError("registered twice"),
    errors.PluginError: lambda: errors.PluginError("loyaltycore.mailer", "pigeon", "not installed"),
    errors.MissingExtra: lambda: errors.MissingExtra("sql", "sqlalchemy"),
}

TREE: Final = {
    "LoyaltyError": {
        "InvalidInput": {"BadConfig": {}},
        "NotFound": {},
        "Refused": {},
        "Conflict": {
            "StaleRecord": {},
            "DuplicateKey": {},
            "SlotTaken": {},
            "EditedMeanwhile": {},
            "KeyReused": {},
        },
        "StorageError": {
            "StorageBusy": {"StorageUnreachable": {}},
            "StorageFull": {},
            "CommitUnknown": {},
            "SchemaError": {"NotSetUp": {}, "SchemaTooNew": {}, "SchemaTooOld": {}},
        },
        "DeliveryFailed": {},
        "WebhookRejected": {},
        "RegistrationError": {},
        "PluginError": {},
        "MissingExtra": {},
    }
}

COPIES: Final[dict[str, Callable[[LoyaltyError], LoyaltyError]]] = {
    "pickle": lambda error: pickle.loads(pickle.dumps(error)),  # noqa: S301  our own bytes
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def _below(cls: type[LoyaltyError]) -> Iterator[type[LoyaltyError]]:
    """A class and all that are derived from it, in the library and its adapters."""
    yield cls
    for child in cls.__subclasses__():
        if child.__module__.startswith("loyaltycore"):
            yield from _below(child)


def _tree(cls: type[LoyaltyError]) -> dict[str, object]:
    children = (child for child in cls.__subclasses__() if child.__module__.startswith("loyaltycore"))
    return {child.__name__: _tree(child) for child in children}


@pytest.fixture(scope="module", autouse=True)
def _all_loaded() -> None:
    """Classes are found by who is derived from whom, so every module has to be loaded."""
    for found in pkgutil.walk_packages(loyaltycore.__path__, "loyaltycore."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def test_every_error_has_a_sample() -> None:
    """A new error class gets a sample here, so that it is tried like the others."""
    assert set(_below(LoyaltyError)) == set(SAMPLES)


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("cls", SAMPLES, ids=lambda cls: cls.__name__)
def test_a_copy_says_and_knows_the_same(cls: type[LoyaltyError], way: str) -> None:
    """Errors cross process borders with their class, their words and every attribute."""
    error = SAMPLES[cls]()
    error.add_note("while ordering")
    again = COPIES[way](error)
    assert type(again) is cls
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_the_tree_is_the_documented_one() -> None:
    """Who catches a family catches exactly its members."""
    assert {"LoyaltyError": _tree(LoyaltyError)} == TREE


def test_errors_are_also_the_familiar_ones() -> None:
    """A caller who knows Python's own errors may catch them by these."""
    assert issubclass(errors.InvalidInput, ValueError)
    assert issubclass(errors.NotFound, LookupError)
    assert issubclass(errors.MissingExtra, ImportError)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SAMPLES[errors.InvalidInput](), "email: is not an e-mail address; : is missing"),
        (SAMPLES[errors.NotFound](), "no card order 'o-1'"),
        (errors.NotFound("card_order", ["o-1"]), "no card order '<list>'"),
        (SAMPLES[errors.Refused](), "several (name one)"),
        (SAMPLES[errors.DuplicateKey](), "inbox: another record has the same source, event_id"),
        (SAMPLES[errors.EditedMeanwhile](), "customer 'k-1' is at version 2, not 1"),
        (
            SAMPLES[errors.SchemaTooOld](),
            "the database is at revision 'none', needed is '0001': run `loyaltycore init`",
        ),
        (SAMPLES[errors.MissingExtra](), 'sqlalchemy is missing: run `pip install "loyaltycore[sql]"`'),
    ],
    ids=lambda part: type(part).__name__ if isinstance(part, LoyaltyError) else "",
)
def test_the_words_are_for_people(error: LoyaltyError, words: str) -> None:
    """The prose names what was wrong with what, and where it can, what to do."""
    assert str(error) == words
