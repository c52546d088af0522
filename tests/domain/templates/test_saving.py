"""What may be saved, and what a message is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore.errors import Fault, InvalidInput, Refused, RegistrationError
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageText, Placeholder, PlaceholderKind, WrittenMessage
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import Purposes, samples
from loyaltycore.templates.rules.saving import MOST_TEXTS, read_texts, save_template
from loyaltycore.templates.rules.template import MessageTemplate
from loyaltycore.templates.rules.wording import Wording, choose_text
from loyaltycore.testing.renderer_checks.base import PLACES, data, mail, sms
from tests.domain.templates.samples import PURPOSE, RENDERERS

NOW: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)
TEMPLATE: Final = MessageTemplate("ours", PURPOSE.key, (mail("Hallo\n", "Besuch"), sms("Hi", "en")))


class Stumbling:
    """A renderer that finds nothing wrong, and does what it is told."""

    def __init__(self, answer: WrittenMessage | Exception) -> None:
        self.answer = answer

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        return ()

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def faults_of(given: object, renderer: Any = PLAIN) -> list[tuple[str, str]]:
    """What is wrong with texts."""
    with pytest.raises(InvalidInput) as caught:
        read_texts(given, PURPOSE, renderer)
    return [(fault.field, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
def test_every_fault_of_every_text_is_named(renderer: Any) -> None:
    """With the place where it is."""
    wrong = [mail("{{ a }}", "{{ b }}"), sms("ok"), sms("{{ customer.first_name }}", "en")]
    assert faults_of(wrong, renderer) == [
        ("texts[0].subject", "unknown_placeholder"),
        ("texts[0].body", "unknown_placeholder"),
        ("texts[2].body", "may_be_empty"),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [("texts", "required")]),
        (None, [("texts", "wrong_type")]),
        ("mail", [("texts", "wrong_type")]),
        (["mail"], [("texts[0].body", "wrong_type")]),
        ([sms("x")] * (MOST_TEXTS + 1), [("texts", "too_many"), ("texts", "required")][:1]),
        ([sms("x"), sms("y")], [("texts", "repeated")]),
        ([mail("x", "")], [("texts[0].subject", "required")]),
        ([mail("", "x")], [("texts[0].body", "required")]),
        ([mail("x" * 20_001, "x" * 301)], [("texts[0].subject", "too_long"), ("texts[0].body", "too_long")]),
        ([evolve(sms("x"), subject="y")], [("texts[0].subject", "not_used")]),
        ([sms("x", "xx")], [("texts[0].language", "bad_language")]),
        ([sms("x", "")], [("texts[0].language", "required")]),
        ([evolve(sms("x"), channel="pigeon")], [("texts[0].channel", "unknown_choice")]),
        ([evolve(sms("x"), channel=None)], [("texts[0].channel", "required")]),
        ([evolve(sms("x"), channel=Channel.LETTER)], [("texts[0].channel", "wrong_channel")]),
        ([sms("ш" * 671)], [("texts[0].body", "too_long")]),
        ([sms("x" * 1531)], [("texts[0].body", "too_long")]),
        ([sms("{% if visit.until %}x{% endif %}")], [("texts[0].body", "renders_empty")] * 2),
        ([mail("x", "{% if visit.until %}x{% endif %}")], [("texts[0].subject", "renders_empty")] * 2),
        ([sms("{% if visit.at_home %}x{% endif %}")], [("texts[0].body", "renders_empty")] * 2),
        ([sms("{% if visit.guests %}x{% endif %}")], [("texts[0].body", "renders_empty")] * 2),
        ([sms("{% if not visit.guests %}x{% endif %}")], [("texts[0].body", "renders_empty")] * 5),
    ],
)
def test_what_cannot_be_saved(given: object, expected: list[tuple[str, str]]) -> None:
    """Texts that are none, or too long, or there twice, or that say nothing to some customers."""
    assert faults_of(given) == expected


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ValueError("boom"), "does_not_render"),
        (WrittenMessage("x", "a\r\nBcc: b"), "does_not_render"),
        (WrittenMessage("\ud800", "a"), "does_not_render"),
        (WrittenMessage("", "a"), "renders_empty"),
    ],
)
def test_what_goes_wrong_with_a_sample_is_a_fault(answer: Any, code: str) -> None:
    """Whatever the renderer is."""
    assert {found for _, found in faults_of([mail("x", "y")], Stumbling(answer))} == {code}


def test_texts_are_read_into_one_form() -> None:
    """Words for channels do, line ends are of one kind, and a mail ends with one."""
    given = [evolve(mail("a\r\nb", "S"), channel="email", language="DE")]
    assert read_texts(given, PURPOSE, PLAIN) == (mail("a\nb\n", "S"),)
    assert read_texts(TEMPLATE.texts, PURPOSE, PLAIN) == TEMPLATE.texts


def test_each_save_that_changes_something_adds_a_version() -> None:
    """And leaves the ones before as they were."""
    first = save_template(TEMPLATE, None, NOW, "anna")
    (template, copy) = first.add
    assert (copy.id, copy.number, copy.texts, copy.saved_by) == ("ours/1", 1, TEMPLATE.texts, "anna")
    assert template.reference == copy.id
    again = save_template(TEMPLATE, template, NOW, "anna")
    assert (again.add, again.save, again.notes) == ((), (), ())
    changed = save_template(evolve(TEMPLATE, texts=TEMPLATE.texts[:1]), template, NOW, "ben")
    (second,) = changed.add
    assert (second.id, second.number, second.texts) == ("ours/2", 2, TEMPLATE.texts[:1])
    assert [note.action for note in changed.notes] == ["message_template.changed"]
    with pytest.raises(Refused) as caught:
        save_template(evolve(TEMPLATE, purpose="card.ordered"), template, NOW, "anna")
    assert caught.value.code == "template.other_purpose"


def test_the_reader_gets_the_best_text_there_is() -> None:
    """In the own language, else in English, else any; of the channel."""
    texts = [sms("1", "fr"), sms("2", "en"), sms("3", "de"), mail("4")]
    assert [choose_text(texts, Channel.SMS, each) for each in ("de", "en", "it")] == [
        texts[2],
        texts[1],
        texts[1],
    ]
    assert choose_text(texts[:1], Channel.SMS, "de") == texts[0]
    assert choose_text(texts, Channel.EMAIL, "it") == texts[3]
    assert choose_text(texts, Channel.LETTER, "de") is None


def test_a_message_says_what_it_was_made_from() -> None:
    """A template that has no text for the channel leaves it to the text that ships."""
    wording = Wording(PURPOSE, evolve(TEMPLATE, texts=TEMPLATE.texts[:1], version=3))
    seen: list[str] = []

    def values(language: str) -> dict[str, Any]:
        seen.append(language)
        return data()

    own = wording.write(Channel.EMAIL, "fr", values, "UTC")
    assert (own.template, own.message.text) == ("ours/3", "Hallo\n")
    shipped = wording.write(Channel.SMS, "de", values, "UTC")
    assert (shipped.template, shipped.message.text) == ("", "See you on 9 May 2026.")
    assert seen == ["de", "en"]
    with pytest.raises(ValueError, match="no text for letter"):
        wording.write(Channel.LETTER, "de", values, "UTC")


@pytest.mark.parametrize(
    "answer",
    [
        ValueError("boom"),
        WrittenMessage(" \n", "S", "<p></p>"),
        WrittenMessage("x", " ", "<p>x</p>"),
        WrittenMessage("x", "a\nb", "<p>x</p>"),
        WrittenMessage("x", "S", "\ud800"),
    ],
)
def test_a_template_that_fails_now_is_no_reason_to_send_nothing(answer: Any) -> None:
    """Nor one that says nothing to just this reader: the text that ships goes out, and somebody is told."""
    told: list[Any] = []
    wording = Wording(
        PURPOSE, TEMPLATE, Stumbling(answer), lambda template, error: told.append((template, error))
    )
    written = wording.write(Channel.EMAIL, "de", lambda _: data(), "UTC")
    assert (written.template, written.message.subject) == ("", "Ihr Besuch")
    ((template, error),) = told
    assert template == TEMPLATE
    with pytest.raises(ValueError, match=str(error)):
        evolve(wording, on_failure=None).write(Channel.EMAIL, "de", lambda _: data(), "UTC")


def test_a_text_that_is_blank_for_one_reader_ships() -> None:
    """What no sample shows, since several values have to meet."""
    source = "{% if visit.until %}a{% else %}{% if customer.first_name %}{% if visit.at_home %}b{% endif %}{% else %}c"
    text = sms(f"{source}{{% endif %}}{{% endif %}}", "en")
    template = MessageTemplate("ours", PURPOSE.key, read_texts([text], PURPOSE, PLAIN))
    wording = Wording(PURPOSE, template, PLAIN, lambda *_: None)
    reader = data(visit__until=None, visit__at_home=False)
    assert wording.write(Channel.SMS, "en", lambda _: reader, "UTC").template == ""
    assert wording.write(Channel.SMS, "en", lambda _: data(), "UTC").template == "ours/1"


def test_samples_miss_what_may_be_missing() -> None:
    """All of it at once, and one after the other; and one sample is odd in every word."""
    found = dict(samples(PLACES))
    singles = ["customer.first_name", "visit.until", "visit.guests", "visit.at_home"]
    assert list(found) == ["usual", "bare", *(f"without {each}" for each in singles), "odd"]
    bare = {"first_name": None, "last_name": "Mustermann"}
    assert found["bare"]["customer"] == bare
    assert [found["bare"]["visit"][each] for each in ("until", "guests", "at_home")] == [None, 0, False]
    assert found["without visit.until"]["customer"]["first_name"] == "Erika"
    assert "<b>" in found["odd"]["customer"]["last_name"]
    off = dict(samples([Placeholder("visit.at_home", False, PlaceholderKind.FLAG)]))
    assert {name: each["visit"]["at_home"] for name, each in off.items()} == {
        "usual": False,
        "bare": False,
        "with visit.at_home": True,
        "odd": False,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        (PURPOSE, PURPOSE),
        (evolve(PURPOSE, shipped=(sms("{{ nothing }}"),)),),
        ("card.ordered",),
    ],
)
def test_purposes_that_cannot_work_are_told_at_the_start(wrong: Any) -> None:
    """Two with one key, a text with a fault, and what is none."""
    with pytest.raises(RegistrationError):
        Purposes(wrong)
