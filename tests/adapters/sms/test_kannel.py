"""Texts through a real Kannel, which we did not write: what it takes, cuts, refuses and reports.

Skipped where Kannel is not installed; an error instead where ``CI`` is set and ``LOYALTYCORE_TEST_KANNEL`` is 1.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import DeliveryFailed, WebhookRejected
from loyaltycore.kernel.fates import SmsReport, most_telling
from loyaltycore.kernel.texting import Alphabet, segments_of
from loyaltycore.ports import DeliveryStatus, FateState, ReportCall, SmsText
from loyaltycore.testing.strategies.texting import EXTENSION, GSM
from loyaltycore_sms import KannelSms
from loyaltycore_sms.references import reference
from tests.adapters.sms.around_kannel import Phones
from tests.adapters.sms.kannel import (
    FAKE,
    PASSWORD,
    USER,
    Kannel,
    header_of,
    missing,
    running_kannel,
)
from tests.adapters.sms.texts import ERIKA, SECRET, a_text
from tests.bounded import end

NOW = datetime(2026, 7, 1, tzinfo=UTC)
OTHER = "another-secret-of-24-and-more"


@pytest.fixture(scope="module")
def kannel() -> Iterator[Kannel]:
    why = missing()
    if why and os.environ.get("CI") and os.environ.get("LOYALTYCORE_TEST_KANNEL") == "1":
        pytest.fail(f"these tests were asked for, but {why}")
    if why:
        pytest.skip(why)
    with running_kannel() as kannel:
        yield kannel


@pytest.fixture(scope="module")
def phones(kannel: Kannel) -> Iterator[Phones]:
    phones = Phones(kannel.fake)
    yield phones
    phones.close()


def make(kannel: Kannel, **options: Any) -> KannelSms:
    return KannelSms(**{"url": kannel.url, "username": USER, "password": PASSWORD, **options})


@pytest.fixture(scope="module")
def shop(kannel: Kannel) -> Iterator[KannelSms]:
    with make(kannel, report_url=kannel.reports.url, report_secrets=(SECRET,), sender="KLEINLADEN") as shop:
        yield shop


def test_a_text_arrives(kannel: Kannel, shop: KannelSms) -> None:
    """The operator is handed the text to the letter, with the sender that was asked for."""
    receipt = shop.send(a_text("Größe 5 € & mehr+\n", to="+4917011"))
    assert (receipt.status, receipt.raw) == (DeliveryStatus.ACCEPTED, "0: Accepted for delivery")
    assert kannel.texts_to("+4917011") == ["Größe 5 € & mehr+\n"]
    assert {part.sender for part in kannel.operator.parts if part.to == "+4917011"} == {"KLEINLADEN"}


@given(st.data())
@settings(max_examples=40)
def test_kannel_counts_as_we_do(kannel: Kannel, phones: Phones, data: st.DataObject) -> None:
    """A text in the alphabet of GSM takes as many messages as Kannel makes of it; another one takes no more than we say."""
    size = data.draw(st.sampled_from([1, 70, 71, 134, 135, 160, 161, 306, 307, 459, 460]))
    filler = data.draw(st.sampled_from(["a", "€a", "ж", "\U0001f600a", GSM + EXTENSION]))
    words = (filler * size)[:size]
    counted = segments_of(words)
    number = f"+49171{len(phones.lines):08}"
    with make(kannel, smsc=FAKE, max_segments=255) as shop:
        assert shop.send(a_text(words, to=number)).status is DeliveryStatus.ACCEPTED
    first, *_ = phones.wait_for(number, 1)
    header = header_of(first)
    came = header[4] if header else 1
    phones.wait_for(number, came)
    assert came == counted.count if counted.alphabet is Alphabet.GSM else came <= counted.count


def test_a_text_that_would_be_cut_is_not_sent(kannel: Kannel) -> None:
    """Kannel takes a text that is too long and cuts it without a word, so it is rejected before."""
    with make(kannel, max_segments=3) as shop:
        receipt = shop.send(a_text("a" * 460, to="+4917012"))
    assert (receipt.status, receipt.code) == (DeliveryStatus.REJECTED, "too_long")
    assert kannel.texts_to("+4917012") == []


def test_a_delivered_text_is_reported(kannel: Kannel, phones: Phones) -> None:
    """Reports come for one message in any order, each proves which text it is about, and the end is that it is delivered."""
    options = {"report_url": kannel.reports.url, "report_secrets": (SECRET,), "smsc": FAKE}
    with make(kannel, **options) as shop:
        shop.send(a_text("a" * 400, "fate-1", "+4917013"))
        queries = kannel.reports.wait_for(reference("fate-1", SECRET), 2)
        reports = [read(shop, query) for query in queries]
    assert len(phones.wait_for("+4917013", 3)) == 3
    assert {report.message_id for report in reports} == {"fate-1"}
    assert {report.state for report in reports} == {FateState.SENT, FateState.DELIVERED}
    assert most_telling(report.state for report in reports if report.state) is FateState.DELIVERED
    assert all(report.at and abs(datetime.now(UTC) - report.at) < timedelta(minutes=5) for report in reports)


def test_a_refusal_of_the_operator_is_reported(kannel: Kannel, shop: KannelSms) -> None:
    """Kannel takes the text, and what the operator says of it comes later, with its words."""
    assert shop.send(a_text("REJECT me", "fate-2", "+4917014")).status is DeliveryStatus.ACCEPTED
    (query,) = kannel.reports.wait_for(reference("fate-2", SECRET), 1)
    report = read(shop, query)
    assert (report.state, report.message_id) == (FateState.REJECTED, "fate-2")
    assert report.raw.startswith("16 ")
    assert "Rejected by operator" in report.raw


def read(shop: KannelSms, query: str) -> SmsReport:
    (report,) = shop.parse_report(ReportCall(method="GET", query=query), NOW)
    return report


def test_nobody_else_can_report(kannel: Kannel, shop: KannelSms) -> None:
    """A report with a changed reference, the reference of another house, or none is refused."""
    good = reference("fate-3", SECRET)
    name, _, proof = good.partition(".")
    other = reference("fate-4", SECRET).partition(".")[0]
    forged = [
        f"{other}.{proof}",
        f"{name}.{proof[:-1]}{'A' if proof[-1] != 'A' else 'Q'}",
        f"{name}.",
        name,
        "",
        f"{good}=",
        reference("fate-3", OTHER),
        "fate-3",
    ]
    assert read(shop, f"ref={good}&type=1").message_id == "fate-3"
    for each in forged:
        with pytest.raises(WebhookRejected) as raised:
            read(shop, f"ref={each}&type=1")
        assert raised.value.code == "bad_signature"


def test_a_replaced_secret_is_believed_as_long_as_it_is_named(kannel: Kannel) -> None:
    """Reports about texts that were sent before a secret was replaced still count, and no longer once it is gone."""
    query = f"ref={reference('fate-5', SECRET)}&type=8"
    url = kannel.reports.url
    with make(kannel, report_url=url, report_secrets=(OTHER, SECRET)) as both:
        assert read(both, query).message_id == "fate-5"
    with make(kannel, report_url=url, report_secrets=(OTHER,)) as new, pytest.raises(WebhookRejected):
        read(new, query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ref=a.b",
        "type=1",
        "type=x&ref=a.b",
        "type=1&type=2&ref=a.b",
        "type=-1&ref=a.b",
        "&".join(["a=1"] * 30),
    ],
)
def test_what_is_no_report_is_refused(shop: KannelSms, query: str) -> None:
    """What cannot be read as one report proves nothing."""
    with pytest.raises(WebhookRejected) as raised:
        read(shop, query)
    assert raised.value.code == "malformed"


@given(st.text("reftypat&=%;.01+ä\0", max_size=60) | st.text(max_size=20))
@settings(max_examples=60)
def test_any_query_is_read_or_refused(shop: KannelSms, query: str) -> None:
    """Nothing that a stranger can send does more harm than a refusal."""
    with pytest.raises(WebhookRejected):
        read(shop, query)


@given(st.text(max_size=60))
def test_a_reference_says_which_text_it_is_about(shop: KannelSms, own_id: str) -> None:
    """Whatever our id is, it comes back, and the reference holds nothing that Kannel or an address would change."""
    made = reference(own_id, SECRET)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert read(shop, f"ref={made}&type=1&at=1782864000").message_id == own_id


def test_an_unknown_word_is_kept(shop: KannelSms) -> None:
    """A bit that has no meaning here leaves the state open; an odd time is left out."""
    report = read(shop, f"ref={reference('fate-6', SECRET)}&type=32&at=99999999999999&answer=odd%00%0Awords")
    assert (report.state, report.at) == (None, None)
    assert report.raw.startswith("32 odd")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"password": "wr0ng"}, "credentials_refused"),
        ({"username": "who"}, "credentials_refused"),
    ],
)
def test_a_wrong_login_is_an_error(kannel: Kannel, options: dict[str, Any], code: str) -> None:
    """It is not the fault of the text, which is not rejected; nothing of the login is repeated."""
    with make(kannel, **options) as shop, pytest.raises(DeliveryFailed) as raised:
        shop.send(a_text())
    assert (raised.value.code, raised.value.permanent) == (code, False)
    assert "wr0ng" not in str(raised.value)


def test_a_wrong_address_is_an_error(kannel: Kannel) -> None:
    """Another path of Kannel takes no texts, and no text is given up for that."""
    with (
        make(kannel, url=kannel.url.replace("sendsms", "sendmail")) as shop,
        pytest.raises(DeliveryFailed) as raised,
    ):
        shop.send(a_text())
    assert raised.value.code == "wrong_address"


def test_a_number_on_a_black_list_is_rejected(kannel: Kannel) -> None:
    """Kannel's own refusal of a number is final."""
    with make(kannel, username="nobody") as shop:
        receipt = shop.send(a_text())
    assert (receipt.status, receipt.code) == (DeliveryStatus.REJECTED, "invalid_recipient")


def test_a_text_waits_while_the_network_is_away(kannel: Kannel) -> None:
    """Without the SMS centre Kannel keeps the text for later, and has taken it over all the same."""
    with running_kannel() as lonely, make(lonely, smsc=FAKE) as shop:
        assert shop.send(a_text(to="+4917015")).status is DeliveryStatus.ACCEPTED
        phones = Phones(lonely.fake)
        assert phones.wait_for("+4917015", 1)
        phones.close()


def test_a_kannel_that_ends_is_noticed(shop: KannelSms) -> None:
    """A connection that was kept is of no use afterwards; the text has certainly not been sent."""
    with running_kannel() as mortal, make(mortal) as other:
        other.send(a_text(to="+4917016"))
        mortal.settle()
        for process in reversed(mortal.processes):
            end(process)
        statuses = [other.send(a_text(to="+4917016")).status for _ in range(2)]
        assert statuses[-1] is DeliveryStatus.NOT_SENT
        assert statuses[0] in {DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN}


def test_secrets_are_not_shown(kannel: Kannel, shop: KannelSms, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the repr nor a log at its chattiest has the password, the number, the text or a reference."""
    with caplog.at_level(logging.DEBUG):
        shop.send(SmsText("fate-7", ERIKA, "geheim"))
    shown = repr(shop) + caplog.text
    secrets = (PASSWORD, SECRET, ERIKA[1:], "geheim", reference("fate-7", SECRET))
    assert "sendsms" in caplog.text
    assert [word for word in secrets if word in shown] == []
