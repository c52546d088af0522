"""Every liar is caught by the test that is there for it, and every conformance test catches a liar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from attrs import frozen
from hypothesis import Phase, settings

from loyaltycore.templates.rules.plain import PlainRenderer
from loyaltycore.testing.suite import Conformance, judge, listed_tests
from tests.testing.expected import STORAGES
from tests.testing.expected_letters import CALENDARS, GATEWAYS, MAILERS, RENDERERS
from tests.testing.expected_limiters import LIMITERS
from tests.testing.expected_printers import PRINTERS
from tests.testing.liars.calendars import CALENDAR_LIARS
from tests.testing.liars.card_printers import PRINTER_LIARS
from tests.testing.liars.gateways import GATEWAY_LIARS
from tests.testing.liars.honest_calendar import HONEST
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.honest_limiter import HonestOnFile
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.honest_printer import HonestOnDisk
from tests.testing.liars.liar import Liar
from tests.testing.liars.limiters import LIMITER_LIARS
from tests.testing.liars.mailers import MAILER_LIARS
from tests.testing.liars.renderers import RENDERER_LIARS
from tests.testing.liars.storage_processes import OnAFile
from tests.testing.liars.storages import STORAGE_LIARS
from tests.testing.trials import (
    Make,
    calendar_trial,
    gateway_trial,
    limiter_trial,
    mailer_trial,
    printer_trial,
    renderer_trial,
    storage_trial,
)


@frozen
class Court:
    """One suite, what it is tried on, and who must be caught by what."""

    trial: Callable[[Make], type[Conformance]]
    """Makes a conformance class of an adapter."""
    honest: Make
    """Makes an adapter that keeps every promise."""
    liars: tuple[Liar[object], ...]
    expected: Mapping[str, str]
    """For each liar the tests that must catch it, by name."""


COURTS: Final = {
    "storage": Court(storage_trial, OnAFile, STORAGE_LIARS, STORAGES),
    "mailer": Court(mailer_trial, HonestMailer, MAILER_LIARS, MAILERS),
    "gateway": Court(gateway_trial, HonestGateway, GATEWAY_LIARS, GATEWAYS),
    "printer": Court(printer_trial, HonestOnDisk, PRINTER_LIARS, PRINTERS),
    "renderer": Court(renderer_trial, PlainRenderer, RENDERER_LIARS, RENDERERS),
    "calendar": Court(calendar_trial, lambda facts=HONEST: facts, CALENDAR_LIARS, CALENDARS),
    "limiter": Court(limiter_trial, lambda: HonestOnFile, LIMITER_LIARS, LIMITERS),
}
ACCUSED: Final = [
    pytest.param(court, liar, id=f"{port}-{liar.name}")
    for port, court in COURTS.items()
    for liar in court.liars
]


@pytest.fixture(autouse=True)
def quickly(request: pytest.FixtureRequest) -> Iterator[None]:
    """The same examples every time, and none made smaller: that a liar is caught is all that matters.

    A rare lie needs many examples on an unlucky day; the search ends with the first that tells it.
    """
    before = settings.get_current_profile_name()
    many = 1000 if "liar" in request.node.callspec.params else 100
    settings.register_profile(
        "liars",
        max_examples=many,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
    )
    settings.load_profile("liars")
    yield
    settings.load_profile(before)


@pytest.mark.parametrize(("court", "liar"), ACCUSED)
def test_a_liar_is_caught(court: Court, liar: Liar[object]) -> None:
    """The tests that are there for a lie fail, and say which promise is broken."""
    names = court.expected[liar.name].split()
    conformance = court.trial(liar.make)
    for verdict in judge(conformance, names):
        assert verdict.outcome == "broken", f"{verdict.test} lets pass: {liar.lie}"
        (listed,) = [listed for listed in listed_tests(conformance) if listed.name == verdict.test]
        for promise in listed.promises:
            assert f"broken promise: {promise}" in verdict.detail or (
                "foreign error: " in verdict.detail and f"while this was tried: {promise}" in verdict.detail
            )


@pytest.mark.parametrize("port", COURTS)
def test_the_honest_pass(port: str) -> None:
    """What the liars are made from keeps every promise: a liar is caught for its lie alone."""
    court = COURTS[port]
    broken = [verdict for verdict in judge(court.trial(court.honest)) if verdict.outcome != "kept"]
    assert broken == []


@pytest.mark.parametrize("port", COURTS)
def test_every_test_can_fail(port: str) -> None:
    """There is no conformance test that no liar fails, and no liar that nobody is waiting for."""
    court = COURTS[port]
    waiting = {name for names in court.expected.values() for name in names.split()}
    assert waiting == {listed.name for listed in listed_tests(court.trial(court.honest))}
    assert set(court.expected) == {liar.name for liar in court.liars}


@pytest.mark.parametrize("port", COURTS)
def test_every_lie_is_told(port: str) -> None:
    """A liar says in a sentence what it does wrongly."""
    lies = [liar.lie for liar in COURTS[port].liars]
    assert all(lie.endswith(".") for lie in lies)
    assert len(lies) == len(set(lies))
