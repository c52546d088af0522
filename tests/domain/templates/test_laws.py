"""Laws of templates: what passes the check never fails, no value is anything but a text, and nothing else is done."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import pytest
from hypothesis import assume, given, strategies as st

from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageRenderer, MessageText, one_line
from loyaltycore.kernel.words import is_storable
from loyaltycore.templates.rules.filling import Value, fill
from loyaltycore.templates.rules.language import Block, check_block
from loyaltycore.templates.rules.plain import PLAIN, PlainFormats, read_source as read_plain
from loyaltycore.templates.rules.purposes import ODD_TEXT
from loyaltycore.testing.renderer_checks.base import PLACES, SeenPage, data, mail, sms
from loyaltycore_templates.parsing import read_source as read_jinja
from tests.domain.templates.samples import JINJA, RENDERERS, SOURCES, TEXTS, people

EACH: Final = pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
ALLOWED: Final = {
    "html",
    "body",
    "p",
    "br",
    "a",
    "em",
    "strong",
    "h1",
    "ul",
    "ol",
    "li",
    "hr",
    "code",
    "blockquote",
}


@EACH
@given(source=SOURCES, person=people(), language=st.sampled_from(["de", "en", "fr", "ar", "zz"]))
def test_what_passes_never_fails(
    renderer: MessageRenderer, source: str, person: dict[str, Any], language: str
) -> None:
    """Whatever a record may hold: a text that can be stored, a subject of one line, a page whose tags are closed."""
    subject = " ".join(source.split())
    for text in (mail(source, subject, language), sms(source, language)):
        assume(not renderer.check(text, PLACES))
        message = renderer.render(text, person, "Europe/Berlin")
        assert is_storable(message.text)
        assert message.subject == one_line(message.subject)
        if text.channel is Channel.EMAIL:
            page = SeenPage(message.html)
            assert page.is_sound
            assert set(page.tags) <= ALLOWED
        else:
            assert (message.subject, message.html) == ("", "")


READERS: Final = pytest.mark.parametrize("read", [read_plain, read_jinja], ids=["plain", "templates"])


@READERS
@given(source=SOURCES, gaps=st.sets(st.sampled_from(["customer__first_name", "visit__until"])))
def test_nothing_is_written_that_is_not_there(
    read: Callable[[str], Block], source: str, gaps: set[str]
) -> None:
    """Of a source that passes no value is written that is missing, whichever are."""
    block = read(source)
    assume(not check_block("body", block, PLACES))
    written = fill(block, data(**dict.fromkeys(gaps)), PlainFormats("de", "UTC"))
    assert all(part.text for part in written if isinstance(part, Value))


@EACH
@given(name=TEXTS)
def test_a_value_is_a_text_and_nothing_else(renderer: MessageRenderer, name: str) -> None:
    """In a text to the letter, in a subject in one line, in a page as what it says and never as a tag."""
    source = "a {{ customer.last_name }} b"
    person = data(customer__last_name=name)
    assert renderer.render(sms(source), person, "UTC").text == f"a {name} b"
    written = renderer.render(mail(source, source), person, "UTC")
    assert written.text == f"a {name} b\n" or renderer is PLAIN
    assert written.subject == one_line(f"a {name} b")
    page = SeenPage(written.html)
    assert page.tags.count("p") == 1
    assert set(page.tags) <= {"html", "body", "p", "br"}
    assert page.words.replace("\r", "\n").replace("\n", "") == f"a {name} b".replace("\r", "").replace(
        "\n", ""
    )


@EACH
@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 9**9**9 }}",
        "{{ 'a'.__class__.__mro__ }}",
        "{{ customer.__class__ }}",
        "{{ customer.items }}",
        "{{ customer.items() }}",
        "{{ customer['last_name'] }}",
        "{{ customer }}",
        "{{ customer.last_name.upper() }}",
        "{{ ''|attr('__class__') }}",
        "{{ customer.last_name|attr('__class__') }}",
        "{{ customer.last_name|center(1000000000) }}",
        "{{ customer.last_name|e|safe }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for letter in customer.last_name %}x{% endfor %}",
        "{% set x = 1 %}{{ x }}",
        "{% macro x() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% autoescape false %}{{ greeting }}{% endautoescape %}",
        "{% if range(3) %}x{% endif %}",
        "{% if greeting.upper() == 'X' %}x{% endif %}",
        "{% if visit.guests > 2 %}x{% endif %}",
        "{{ greeting ~ 5 }}",
        "{{ self }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ {'a': 1} }}",
        "{{ greeting[0:5] }}",
        "{{",
        "{{ }}",
        "{% if greeting %}",
        "{% endif %}",
        "{% else %}",
        "{% if greeting %}{% else %}{% else %}{% endif %}",
        "{# x",
        "{{ " + "(" * 20_000,
        "{{ " + "-" * 20_000 + "1 }}",
        "{{ " + "9" * 20_000 + " }}",
        "{% if " + "not " * 5_000 + "greeting %}x{% endif %}",
        "{% if greeting %}" * 500 + "x" + "{% endif %}" * 500,
        "{{ greeting }}" * 201,
        "{{ visit.at_home }}",
        "{{ customer.first_name }}",
        "{% if visit.at_home %}{{ customer.first_name }}{% endif %}",
        "{% if customer.first_name %}x{% else %}{{ customer.first_name }}{% endif %}",
        "{{ greting }}",
        "{{ customer.frist_name }}",
    ],
)
def test_a_source_asks_for_values_and_does_nothing_else(renderer: MessageRenderer, source: str) -> None:
    """Whatever calls, calculates, loops, reaches behind a value, or could fail is a fault, found in no time."""
    begin = perf_counter()
    for text in (mail(source), mail("x", source), sms(source)):
        faults = renderer.check(text, PLACES)
        assert faults
        assert {fault.field for fault in faults} == {"subject" if text.body == "x" else "body"}
    assert perf_counter() - begin < 5


@given(
    source=st.text(max_size=60)
    | st.lists(st.sampled_from(["{}%#|.()[]'\"~", "*if", "not", "else", "greeting", "1"])).map(" ".join)
)
@EACH
def test_a_check_never_raises(renderer: MessageRenderer, source: str) -> None:
    """It answers, whatever the source holds."""
    assert isinstance(renderer.check(MessageText(Channel.EMAIL, "de", source, source), PLACES), tuple)


@given(source=SOURCES)
def test_what_the_plain_one_takes_every_one_takes(source: str) -> None:
    """A shop that begins to use the adapter keeps its templates, and text messages stay the same."""
    assume(not PLAIN.check(sms(source), PLACES))
    assert JINJA.check(sms(source), PLACES) == ()
    words = data(visit__costs=None, visit__at=None, visit__guests=None)
    if not any(each in source for each in ("visit.costs", "visit.at ", "visit.guests")):
        assert JINJA.render(sms(source), words, "UTC") == PLAIN.render(sms(source), words, "UTC")


@EACH
def test_every_fault_is_named(renderer: MessageRenderer) -> None:
    """Those of the subject and those of the body, each once, in their order."""
    found = renderer.check(mail("{{ a }} {{ b.c }} {{ a }} {{ customer.first_name }}", "{{ d }}"), PLACES)
    assert [(fault.field, fault.code) for fault in found] == [
        ("subject", "unknown_placeholder"),
        ("body", "unknown_placeholder"),
        ("body", "unknown_placeholder"),
        ("body", "may_be_empty"),
    ]


@EACH
def test_odd_words_arrive_as_they_are(renderer: MessageRenderer) -> None:
    """Markup, a source, both directions, emoji and line ends."""
    message = renderer.render(mail("{{ greeting }}", "{{ greeting }}"), data(greeting=ODD_TEXT), "UTC")
    assert message.text.strip() == ODD_TEXT
    assert "\n" not in message.subject
    assert "<b>" not in message.html
