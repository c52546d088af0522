"""The page of reference lists every conformance test, with the words of the test itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from loyaltycore.testing.calendar import CalendarConformance
from loyaltycore.testing.card_printer import CardPrinterConformance
from loyaltycore.testing.limiter import LimiterConformance
from loyaltycore.testing.mailer import MailerConformance
from loyaltycore.testing.matcher import MatcherConformance
from loyaltycore.testing.renderer import MessageRendererConformance
from loyaltycore.testing.sms import SmsGatewayConformance
from loyaltycore.testing.storage import StorageConformance
from loyaltycore.testing.suite import Conformance, listed_tests
from tests.docs.pages import ROOT, table

PAGE: Final = ROOT / "docs" / "reference" / "test-kit.md"
SUITES: Final = (
    StorageConformance,
    MailerConformance,
    SmsGatewayConformance,
    CardPrinterConformance,
    CalendarConformance,
    MessageRendererConformance,
    LimiterConformance,
    MatcherConformance,
)


def rows(suite: type[Conformance]) -> Iterator[tuple[str, str, str]]:
    """Name, meaning and capability of each test, as they stand on the page."""
    for listed in listed_tests(suite):
        yield (
            f"`{listed.name.removeprefix('test_')}`",
            listed.says,
            f"`{listed.needs}`" if listed.needs else "",
        )


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.__name__)
def test_the_page_lists_every_test(suite: type[Conformance]) -> None:
    """The table under the name of a suite has its tests, all of them, in their order."""
    wanted = [dict(zip(("Test", "What it shows", "Needs"), row, strict=True)) for row in rows(suite)]
    found = table(PAGE, suite.__name__)
    plain = [{name: cell.replace("`", "") for name, cell in row.items()} for row in wanted]
    lines = "\n".join(f"| {' | '.join(row.values())} |" for row in wanted)
    assert found == plain, f"the table should be:\n| Test | What it shows | Needs |\n|---|---|---|\n{lines}"


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.__name__)
def test_every_test_quotes_its_contract(suite: type[Conformance]) -> None:
    """Each test quotes at least one sentence, and every sentence stands word for word in the prose of the port."""
    for listed in listed_tests(suite):
        assert listed.promises, f"{listed.name} quotes nothing"
        assert [promise for promise in listed.promises if not promise.place] == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.__name__)
def test_every_test_says_what_it_shows(suite: type[Conformance]) -> None:
    """What a test shows is one sentence, and no other test of the suite says the same."""
    says = [listed.says for listed in listed_tests(suite)]
    assert all(says)
    assert len(says) == len(set(says))
