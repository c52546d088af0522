"""What strangers try at a planner: guessed tokens, tokens of another purpose, and texts that want to be more than texts."""

from __future__ import annotations

import random
import string
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from loyaltycore import InvalidInput, Refused
from loyaltycore.booking import Planner
from loyaltycore.booking.rules.links import AppointmentLink
from loyaltycore.booking.rules.message_options import BOOKED_TEMPLATE
from loyaltycore.booking.rules.sheets import DaySheet
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.rendering import MessageText
from loyaltycore_calendars import IcalendarInvitations
from loyaltycore_email.addresses import read_mailbox
from loyaltycore_email.letter import Letterhead, compose
from loyaltycore_templates import TemplateRenderer
from tests.adapters.calendars.lines import event_in
from tests.faults.effort import FACTOR
from tests.house import House, build_house, dump
from tests.services.test_booking_online import ERIKA, LINK, MONDAY, TEN, plan, token

GUESSES = 2000 * FACTOR


def answer(planner: Planner, guess: str) -> tuple[str, dict[str, Any], str]:
    """What somebody learns from a guess: the same from looking and from acting."""
    said = []
    for verb in (planner.show, planner.cancel):
        with pytest.raises(Refused) as caught:
            verb(guess)
        said.append((caught.value.code, dict(caught.value.facts), str(caught.value)))
    assert said[0] == said[1]
    return said[0]


def test_no_guess_leads_anywhere(memory_house: House) -> None:
    """Not of the right length, not one that differs from a true one in a single place, and all are answered alike."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    true = token(memory_house)
    assert len(true) >= 32
    alphabet = string.ascii_letters + string.digits + "-_"
    assert set(true) <= set(alphabet)
    chance = random.Random(7)  # noqa: S311  no secret
    guesses = ["".join(chance.choices(alphabet, k=len(true))) for _ in range(GUESSES)]
    for place in range(len(true)):
        other = chance.choice(alphabet.replace(true[place], ""))
        guesses.append(true[:place] + other + true[place + 1 :])
    guesses += [true[:-1], f"{true}=", f" {true[1:]}", true.swapcase(), f"{true}\0", true[::-1]]
    before = dump(memory_house.loyalty)
    first = answer(planner, "")
    assert first[0] == "booking.bad_link"
    assert all(answer(planner, guess) == first for guess in guesses)
    assert dump(memory_house.loyalty) == before
    assert planner.show(true).starts_at == TEN


def test_a_token_is_for_one_purpose(memory_house: House) -> None:
    """That of a held time opens no appointment, that of an appointment gives no time back, and the hash is no token."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    held = planner.hold(TEN + timedelta(days=1))
    assert held is not None
    with memory_house.loyalty.storage.transaction(read_only=True) as tx:
        stored = [each.id for each in tx.find(AppointmentLink, Query())]
        stored += [hold.key for sheet in tx.find(DaySheet, Query()) for hold in sheet.holds]
    (appointment,) = memory_house.desk.appointments.on("berlin", MONDAY)
    for guess in (held.token, appointment.id, *stored):
        answer(planner, guess)
    before = dump(memory_house.loyalty)
    for guess in (token(memory_house), appointment.id, *stored):
        planner.release(TEN, guess)
        planner.release(held.starts_at, guess)
    after = dump(memory_house.loyalty)
    assert {key: after[key] for key in ("day_sheets", "appointments")} == {
        key: before[key] for key in ("day_sheets", "appointments")
    }


class Page(HTMLParser):
    """The tags, the addresses and the words of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name not in {"style", "lang", "charset"}]

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data


PIECES = st.sampled_from(
    [
        "{{ link }}", "{{7*7}}", "{% raw %}", "{#", "}}", "<script>alert(1)</script>", "<img src=x>", "&lt;", "&", "\"'`",
        "[here](evil.example)", "*b*", "# h", "![x](y)", "`c`", "\\", "=?utf-8?q?=0D=0ABcc=3A_x=40y.example?=", "\u05e9",
        "\u0639\u0627\u0626\u0634\u0629", "\u202e", "\u200f", "\U0001f389\U0001f453", "e\u0301", "Größe", "x" * 30,
        "ATTENDEE:mailto:x@y", ";CN=", ":", ",", "END:VEVENT", " ",
    ]
)  # fmt: skip
WHAT_NO_LINE_HOLDS = st.sampled_from(["\r\nBcc: <all@example.org>", "\n", "\r", "\x00", "\u2028", "x" * 300])
LINES = st.lists(PIECES, min_size=1, max_size=3).map("".join)
NAMES = st.one_of(
    LINES, LINES, st.text(min_size=1, max_size=12), st.tuples(LINES, WHAT_NO_LINE_HOLDS).map("".join)
)


@settings(max_examples=60)
@given(first=NAMES, last=LINES, remark=NAMES)
@example(first="{{ link }}", last="<b>{{7*7}}</b>", remark="{% if x %}")
@example(first="[here](evil.example)", last=";CN=x:ATTENDEE", remark="")
@example(first="\u202e\u05e9\u05dc", last="\U0001f389" * 70, remark="")
@example(first="x" * 300, last="y", remark="")
def test_a_name_is_never_more_than_a_name(first: str, last: str, remark: str) -> None:
    """Whatever stands in it is refused, waits for the staff, or arrives as it is: in subject, text, HTML and calendar."""
    shop = build_house(renderer=TemplateRenderer(), invitations=IcalendarInvitations())
    words = "Guten Tag {{ customer.name }}.{% if link %} {{ link }}{% endif %}"
    texts = [
        MessageText(Channel.EMAIL, language, words, "Termin {{ customer.name }}") for language in ("de", "en")
    ]
    shop.desk.templates.save("ours", purpose="appointment.booked", texts=texts)
    shop.desk_after(BOOKED_TEMPLATE, "ours")
    planner = plan(shop)
    refusal: InvalidInput | None = None
    try:
        planner.book(TEN, **{**ERIKA, "first_name": first, "last_name": last, "remark": remark})
    except InvalidInput as error:
        refusal = error
    if refusal:
        assert set(refusal.fields) <= {"first_name", "last_name", "remark"}
        return
    (booked,) = shop.desk.appointments.on("berlin", MONDAY)
    assert booked.request is not None
    shop.loyalty.deliver()
    if booked.suspicion:
        assert shop.mailer.sent == []
        return
    (mail,) = shop.mailer.sent
    name = booked.request.name
    head = Letterhead(read_mailbox("shop@example.org", "sender"), "Shop", "shop.example")
    letter = compose(mail, head).to(read_mailbox(mail.to[0], "to"))
    message = message_from_bytes(letter.content, policy=SMTP)
    assert sorted(message.keys()) == sorted(
        [
            "To",
            "From",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ]
    )
    assert message["To"] == "erika@example.org"
    assert str(message["Subject"]) == f"Termin {name}"
    (link,) = [word for word in mail.text.split() if word.startswith(LINK)]
    assert name in mail.text
    page = Page(mail.html)
    assert page.tags <= {"html", "head", "meta", "title", "body", "p", "a", "br", "style"}
    assert [each for each in page.addresses if "evil" in each or "javascript" in each] == []
    assert {each for each in page.addresses if each.startswith("http")} == {link}
    assert " ".join(name.split()) in " ".join(page.words.split())
    (file,) = mail.attachments
    assert event_in(file.content)["ATTENDEE"][1] == "mailto:erika@example.org"
