"""Templates are saved, kept in versions, and used for messages."""

from __future__ import annotations

from typing import Any, Final

import pytest

from loyaltycore import Capability, InvalidInput, Loyalty, NotFound, Refused, command
from loyaltycore.cards.rules.options import CONFIRMATION_TEMPLATE
from loyaltycore.errors import RegistrationError
from loyaltycore.memory import MemoryStorage
from loyaltycore.templates import PURPOSES, Channel, MessageText, wording_of
from loyaltycore.testing.renderer_checks.base import data
from loyaltycore.work.service import Service
from loyaltycore_sql import SqlStorage
from loyaltycore_templates import TemplateRenderer
from tests.adapters.sql.helpers import statements
from tests.domain.templates.samples import PURPOSE
from tests.house import House, build_house, dump

GERMAN: Final = MessageText(
    Channel.EMAIL,
    "de",
    "{{ greeting }}\n\n{{ card.name }} am {{ order.dispatch }}\n",
    "Karte {{ card.name }}",
)
ENGLISH: Final = MessageText(
    Channel.EMAIL, "en", "{{ greeting }}\n\n{{ card.name }} on {{ order.dispatch }}\n", "Card {{ card.name }}"
)


def order(house: House, **fields: Any) -> Any:
    """The mail that a customer gets who orders a card."""
    desk = house.loyalty.session("anna", "berlin")
    desk.cards.order(house.customer(**fields).id)
    house.loyalty.deliver()
    return house.mailer.sent[-1]


@pytest.mark.every_engine
def test_an_order_is_confirmed_in_the_shops_words(house: House) -> None:
    """In the customer's language, and the mail says which version it was made from."""
    house.set_up_cards()
    assert order(house).subject == "Ihre Kundenkarte ist bestellt"
    house.desk.templates.save("ours", purpose="card.ordered", texts=[GERMAN, ENGLISH])
    assert order(house).template == ""
    house.desk_after(CONFIRMATION_TEMPLATE, "ours")
    mail = order(house)
    assert (mail.subject, mail.template) == ("Karte Gold", "ours/1")
    assert mail.text == "Guten Tag Erika Mustermann,\n\nGold am 16.01.2026\n"
    assert "<p>Gold am 16.01.2026" in mail.html
    house.desk.templates.save("ours", purpose="card.ordered", texts=[ENGLISH])
    mail = order(house, language="de")
    assert (mail.template, mail.text) == ("ours/2", "Dear Erika Mustermann,\n\nGold on 16 January 2026\n")


@pytest.mark.every_engine
def test_a_version_never_changes(house: House) -> None:
    """What was saved once can be read for good; saving the same again adds none."""
    templates = house.desk.templates
    first = templates.save("ours", purpose="card.ordered", texts=[GERMAN])
    assert templates.save("ours", purpose="card.ordered", texts=[GERMAN]) == first
    second = templates.save("ours", purpose="card.ordered", texts=[ENGLISH])
    assert (first.version, second.version) == (1, 2)
    assert templates.get("ours") == second
    assert [(each.number, each.texts) for each in templates.versions("ours")] == [
        (1, (GERMAN,)),
        (2, (ENGLISH,)),
    ]
    assert templates.version("ours", 1).texts == (GERMAN,)
    assert templates.version("ours", 2).saved_by == "anna"
    with pytest.raises(NotFound):
        templates.version("ours", 3)
    assert templates.all() == templates.all(purpose="card.ordered") == (second,)
    actions = [each.action for each in house.desk.activities.of_record("message_templates", "ours")]
    assert actions == ["message_template.created", "message_template.changed"]


def test_a_fault_saves_nothing(memory_house: House) -> None:
    """Every fault is named, those of names and purposes too."""
    state = dump(memory_house.loyalty)
    templates = memory_house.desk.templates
    with pytest.raises(InvalidInput):
        templates.save(
            "ours", purpose="card.ordered", texts=[MessageText(Channel.EMAIL, "de", "{{ x }}", "y")]
        )
    with pytest.raises(InvalidInput):
        templates.save("Not a key", purpose="card.ordered", texts=[GERMAN])
    with pytest.raises(NotFound):
        templates.save("ours", purpose="card.lost", texts=[GERMAN])
    with pytest.raises(NotFound):
        templates.all(purpose="card.lost")
    assert dump(memory_house.loyalty) == state


def test_a_preview_saves_nothing(memory_house: House) -> None:
    """It shows what each of the samples would get."""
    state = dump(memory_house.loyalty)
    shown = memory_house.desk.templates.preview(purpose="card.ordered", texts=[GERMAN, ENGLISH])
    assert [(each.language, each.sample) for each in shown][:2] == [("de", "usual"), ("de", "bare")]
    assert shown[0].message.subject == "Karte Gold"
    assert dump(memory_house.loyalty) == state


def test_a_word_that_leads_nowhere_is_no_reason_to_send_nothing(memory_house: House) -> None:
    """The text that ships goes out, and the desk shows why."""
    memory_house.set_up_cards()
    memory_house.desk_after(CONFIRMATION_TEMPLATE, "nothing")
    assert order(memory_house).template == ""
    desk = memory_house.loyalty.session("anna", "berlin")
    used = {each.purpose.key: (each.chosen, each.template) for each in desk.templates.in_use()}
    assert used["card.ordered"] == ("nothing", None)
    with pytest.raises(InvalidInput):
        memory_house.desk_after(CONFIRMATION_TEMPLATE, "No Key")


def test_a_template_for_another_purpose_is_not_used(memory_house: House) -> None:
    """It may say what this message does not know."""
    memory_house.set_up_cards()
    text = MessageText(Channel.EMAIL, "de", "Termin {{ appointment.day }}", "Termin")
    memory_house.desk.templates.save("visits", purpose="appointment.booked", texts=[text])
    memory_house.desk_after(CONFIRMATION_TEMPLATE, "visits")
    assert order(memory_house).subject == "Ihre Kundenkarte ist bestellt"
    desk = memory_house.loyalty.session("anna", "berlin")
    used = {each.purpose.key: (each.chosen, each.template) for each in desk.templates.in_use()}
    assert used["card.ordered"] == ("visits", None)


def test_what_is_in_use_is_looked_up_at_once() -> None:
    """One query, however many purposes there are, and however many of their templates."""
    storage = SqlStorage("sqlite://")
    house = build_house(storage)
    options = {}
    for purpose in house.desk.templates.purposes():
        name = purpose.key.replace(".", "-")
        text = MessageText(purpose.channels[0], "de", "x", "x" * (purpose.channels[0] is Channel.EMAIL))
        house.desk.templates.save(name, purpose=purpose.key, texts=[text])
        house.desk_after(purpose.option, name)
        options[purpose.key] = name
    desk = house.loyalty.session("anna", "berlin")
    with statements(storage) as seen:
        used = {each.purpose.key: each.template and each.template.id for each in desk.templates.in_use()}
    assert used == options
    assert len([each for each, _ in seen if "message_templates" in each]) == 1
    storage.close()


def test_a_program_without_the_adapter_sends_what_ships() -> None:
    """A template that only the adapter can read was saved by another program; an error in the log says so."""
    storage = MemoryStorage()
    writing = build_house(storage, renderer=TemplateRenderer())
    writing.set_up_cards()
    body = "{{ greeting|upper }}\n\n{{ order.dispatch|date('full') }}"
    text = MessageText(Channel.EMAIL, "de", body, "Karte")
    writing.desk.templates.save("ours", purpose="card.ordered", texts=[text])
    writing.desk_after(CONFIRMATION_TEMPLATE, "ours")
    assert order(writing).text == "GUTEN TAG ERIKA MUSTERMANN,\n\nFreitag, 16. Januar 2026\n"
    writing.loyalty.renderer = None
    assert order(writing).subject == "Ihre Kundenkarte ist bestellt"


def test_a_template_keeps_its_purpose(memory_house: House) -> None:
    """Another one has another name."""
    memory_house.desk.templates.save("ours", purpose="card.ordered", texts=[GERMAN])
    others = [each.key for each in memory_house.desk.templates.purposes() if each.key != "card.ordered"]
    for key in others:
        with pytest.raises(Refused) as caught:
            memory_house.desk.templates.save(
                "ours", purpose=key, texts=[MessageText(Channel.EMAIL, "de", "x", "y")]
            )
        assert caught.value.code == "template.other_purpose"


def test_a_renderer_is_checked_at_the_start() -> None:
    """What cannot render is no renderer."""
    with pytest.raises(RegistrationError, match="renderer"):
        Loyalty(MemoryStorage(), renderer=TemplateRenderer)  # type: ignore[arg-type]  # a class, not an instance


class Visits(Service):
    """A capability of the host."""

    @command("visits.plan")
    def plan(self) -> str:
        """Say how somebody would be told."""
        wording = wording_of(self.session, self.unit, PURPOSE)
        return wording.write(Channel.SMS, "de", lambda _: data(), "Europe/Berlin").message.text


VISITS: Final = Capability(
    name="visits",
    service=lambda: Visits,
    options=(PURPOSE.option,),
    adds=(PURPOSES.by(lambda _: (PURPOSE,)),),
)


def test_a_host_has_purposes_of_its_own() -> None:
    """They are worded, chosen and shown like those of the library."""
    house = build_house(capabilities=[VISITS])
    assert house.desk.service(Visits).plan() == "See you on 9 May 2026."
    text = MessageText(Channel.SMS, "de", "Bis {{ visit.time }}!")
    house.desk.templates.save("visits", purpose="visit.planned", texts=[text])
    assert house.desk_after(PURPOSE.option, "visits").service(Visits).plan() == "Bis 10:30!"
    assert PURPOSE in house.desk.templates.purposes()


def test_two_purposes_with_one_key_are_told_at_the_start() -> None:
    """Not when the first message is sent."""
    twice = Capability(name="more", adds=(PURPOSES.by(lambda _: (PURPOSE,)),))
    with pytest.raises(RegistrationError, match=r"visit\.planned"):
        build_house(capabilities=[VISITS, twice])
