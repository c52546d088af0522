"""What the two renderers write, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, strategies as st

from loyaltycore import Money
from loyaltycore.kernel.rendering import Link, MessageRenderer
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.testing.renderer_checks.base import PLACES, data, mail, sms
from tests.domain.templates.samples import JINJA


def said(source: str, language: str = "de", **changes: object) -> str:
    """What the adapter makes of a source for a text message."""
    assert JINJA.check(sms(source, language), PLACES) == ()
    return JINJA.render(sms(source, language), data(**changes), "Europe/Berlin").text


@pytest.mark.parametrize(
    ("source", "german", "english"),
    [
        ("{{ visit.day }}", "09.05.2026", "9 May 2026"),
        ("{{ visit.time }}", "10:30", "10:30"),
        ("{{ visit.at }}", "09.05.2026, 10:45", "9 May 2026, 10:45"),
        ("{{ visit.costs }}", "12,50 EUR", "12.50 EUR"),
        ("{{ visit.guests }}", "3", "3"),
    ],
)
def test_the_plain_one_writes_german_and_english(source: str, german: str, english: str) -> None:
    """Instants at the time of the branch."""
    for language, expected in (("de", german), ("en", english), ("fr", english)):
        assert PLAIN.render(sms(source, language), data(), "Europe/Berlin").text == expected


@pytest.mark.parametrize(
    ("source", "german", "english", "french"),
    [
        ("{{ visit.day|date('long') }}", "9. Mai 2026", "9 May 2026", "9 mai 2026"),
        (
            "{{ visit.at|date('full') }}",
            "Samstag, 9. Mai 2026",
            "Saturday 9 May 2026",
            "samedi 9 mai 2026",
        ),
        ("{{ visit.at|time }}", "10:45", "10:45", "10:45"),
        ("{{ visit.costs }}", "12,50\u00a0€", "€12.50", "12,50\u00a0€"),
    ],
)
def test_the_adapter_writes_as_each_language_does(
    source: str, german: str, english: str, french: str
) -> None:
    """Dates, times and money by the tables of Unicode, at the time of the branch."""
    assert said(source, "de") == german
    assert said(source, "en").replace(",", "") == english
    assert said(source, "fr") == french


@pytest.mark.parametrize(
    ("month", "style", "shown"),
    [
        (1, "short", "10:00"),
        (1, "medium", "10:00:00"),
        (1, "long", "10:00:00 MEZ"),
        (7, "long", "11:00:00 MESZ"),
        (1, "full", "10:00:00 Mitteleuropäische Normalzeit"),
        (7, "full", "11:00:00 Mitteleuropäische Sommerzeit"),
    ],
)
def test_a_time_names_the_zone_in_which_it_is_written(month: int, style: str, shown: str) -> None:
    """That of the branch on that day; a time on the wall says none."""
    at = datetime(2026, month, 19, 9, tzinfo=UTC)
    assert said(f"{{{{ visit.at|time('{style}') }}}}", visit__at=at) == shown
    wall = said(f"{{{{ visit.time|time('{style}') }}}}")
    assert wall == ("10:30" if style == "short" else "10:30:00")


def test_money_keeps_every_digit() -> None:
    """Also in a currency with three decimal places, and of a sum that no computer's number holds."""
    assert said("{{ visit.costs }}", "en", visit__costs=Money(12345, "KWD")).endswith("12.345")
    vast = Money(10**30 + 1, "EUR")
    digits = "".join(filter(str.isdigit, said("{{ visit.costs }}", visit__costs=vast)))
    assert digits == str(10**30 + 1)


def test_conditions() -> None:
    """All that a source of the adapter may ask."""
    source = (
        "{% if visit.guests == 3 and not customer.first_name %}a{% elif visit.at_home or visit.until %}b"
        "{% else %}c{% endif %}{{ 'd' if customer.last_name != 'Muster' else greeting }}"
    )
    assert said(source) == "bd"
    assert said(source, customer__first_name=None) == "ad"
    assert (
        said(source, visit__at_home=False, visit__until=None, customer__last_name="Muster") == "cGuten Tag,"
    )


def test_filters() -> None:
    """A fallback for what is missing, and the case of letters."""
    assert said("{{ customer.first_name|default('Kundin') }}") == "Erika"
    assert said("{{ customer.first_name|default('Kundin') }}", customer__first_name="") == "Kundin"
    assert said("{{ visit.until|date('long')|default('bald') }}", visit__until=None) == "bald"
    assert said("{{ customer.last_name|upper }} {{ customer.last_name|lower }}") == "MUSTERMANN mustermann"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ greeting|date }}", "wrong_filter"),
        ("{{ visit.day|time }}", "wrong_filter"),
        ("{{ visit.day|date('huge') }}", "wrong_filter"),
        ("{{ visit.day|date(7) }}", "wrong_filter"),
        ("{{ visit.day|default('x')|date }}", "wrong_filter"),
        ("{{ customer.first_name|default('') }}", "wrong_filter"),
        ("{{ greeting|upper(1) }}", "wrong_filter"),
        ("{{ greeting|money }}", "unknown_filter"),
        ("{{ greeting|default(a='b') }}", "bad_template"),
        ("{{ 'a' if greeting }}", "bad_template"),
        ("{{ greeting|title }}{{ greeting|default }}", "unknown_filter"),
    ],
)
def test_a_filter_fits_its_value(source: str, code: str) -> None:
    """In every branch, whether a sample comes there or not."""
    hidden = f"{{% if greeting == 'never' %}}{source}{{% endif %}}"
    for each in (source, hidden):
        assert JINJA.check(sms(each), PLACES)[0].code == code


def test_one_source_makes_both_parts() -> None:
    """Markdown in HTML, and the same words to read in plain text."""
    source = (
        "# {{ greeting }}\n\nSee you **soon**:\n\n- {{ visit.day }}\n- at _home_\n\n1. one\n2. two\n   more\n\n"
        "> quoted\n\n[Cancel]({{ link }}) or {{ link }}\n\n---\n\nBye\nAnna\n"
    )
    message = JINJA.render(mail(source), data(), "UTC")
    assert JINJA.check(mail(source), PLACES) == ()
    assert message.text == (
        "Guten Tag,\n\nSee you soon:\n\n- 09.05.2026\n- at home\n\n1. one\n2. two\n   more\n\n> quoted\n\n"
        "Cancel: https://shop.example/c?a=1&b=2 or https://shop.example/c?a=1&b=2\n\n--\n\nBye\nAnna\n"
    )
    href = '<a href="https://shop.example/c?a=1&amp;b=2">'
    assert message.html == (
        '<!doctype html><html lang="de"><body><h1>Guten Tag,</h1><p>See you <strong>soon</strong>:</p>'
        "<ul><li>09.05.2026</li><li>at <em>home</em></li></ul><ol><li>one</li><li>two<br />more</li></ol>"
        f"<blockquote><p>quoted</p></blockquote><p>{href}Cancel</a> or {href}"
        "https://shop.example/c?a=1&amp;b=2</a></p><hr /><p>Bye<br />Anna</p></body></html>"
    )


@pytest.mark.parametrize("start", [0, 1, 7])
def test_a_list_starts_with_its_number(start: int) -> None:
    """In both parts, zero too."""
    written = JINJA.render(mail(f"{start}. a\n1. b\n"), data(), "UTC")
    assert written.text == f"{start}. a\n{start + 1}. b\n"
    tag = "<ol>" if start == 1 else f'<ol start="{start}">'
    assert f"{tag}<li>a</li>" in written.html


def test_a_page_says_in_which_direction_it_is_read() -> None:
    """Arabic and Hebrew from the right."""
    assert '<html lang="ar" dir="rtl">' in JINJA.render(mail("x", "x", "ar"), data(), "UTC").html


def test_only_a_link_is_a_target() -> None:
    """What a customer typed never is the beginning of an address, and only a piece of one after it."""
    source = mail("[x](https://a.example/{{ customer.last_name }})")
    assert JINJA.check(source, PLACES) == ()
    page = JINJA.render(source, data(customer__last_name='"><b>&?#'), "UTC").html
    assert 'href="https://a.example/%22%3E%3Cb%3E%26%3F%23"' in page
    for odd in ("javascript:alert(1)", "token", "", "https://"):
        page = JINJA.render(mail("[x]({{ link }}) {{ link }}"), data(link=Link(odd)), "UTC").html
        assert 'href="#"' in page
        assert page.count("href") == 1
        assert f'href="{odd}' not in page or not odd


@pytest.mark.parametrize(
    "address",
    [
        "{{ greeting }}",
        "https://{{ greeting }}",
        "https://{{ greeting }}.example/",
        "https://a.{{ greeting }}/x",
        "HTTPS://a@{{ greeting }}/",
        "https:{{ greeting }}",
        "//{{ greeting }}/",
        "java{{ greeting }}:x",
        "mailto:{{ greeting }}",
        "mailto:a@{{ greeting }}?subject=x",
        "{{ link }}{{ greeting }}",
        "{{ link }}.{{ greeting }}/",
        "https://{% if visit.until %}a.example/{% endif %}{{ greeting }}/",
    ],
)
def test_no_value_says_where_an_address_leads(address: str) -> None:
    """Neither as a part of a host nor of what stands before one: at saving it is a fault, and nothing leads there."""
    for source in (mail(f"[x]({address})"), mail(f"[x]\n\n[x]: {address}")):
        hidden = "{% if" in address
        assert [fault.code for fault in JINJA.check(source, PLACES)] == ([] if hidden else ["not_a_link"])
        page = JINJA.render(source, data(greeting="evil.example", visit__until=None), "UTC").html
        assert '<a href="#">x</a>' in page


@pytest.mark.parametrize(
    ("address", "filled"),
    [
        ("https://a.example/{{ greeting }}", "https://a.example/Guten%20Tag%2C"),
        ("https://a.example?q={{ greeting }}", "https://a.example?q=Guten%20Tag%2C"),
        ("mailto:a@b.example?subject={{ greeting }}", "mailto:a@b.example?subject=Guten%20Tag%2C"),
        ("tel:{{ visit.guests }}", "tel:3"),
        ("{{ link }}&q={{ greeting }}", "https://shop.example/c?a=1&amp;b=2&amp;q=Guten%20Tag%2C"),
    ],
)
def test_values_are_pieces_of_an_address(address: str, filled: str) -> None:
    """After the host, with all their signs as a piece of an address has them."""
    source = mail(f"[x]({address})")
    assert JINJA.check(source, PLACES) == ()
    assert f'<a href="{filled}">x</a>' in JINJA.render(source, data(), "UTC").html


def test_a_link_holds_no_link() -> None:
    """Its text is a text, also where a value in it is a link."""
    page = JINJA.render(mail("[go to {{ link }}]({{ link }})"), data(), "UTC").html
    address = "https://shop.example/c?a=1&amp;b=2"
    assert f'<p><a href="{address}">go to {address}</a></p>' in page


def test_what_nobody_sees_is_dropped() -> None:
    """Titles of links and what stands after a fence."""
    page = JINJA.render(
        mail("[x](https://a.example '{{ greeting }}')\n\n```{{ greeting }}\ny\n```"), data(), "UTC"
    ).html
    assert '<p><a href="https://a.example">x</a></p><pre><code>y\n</code></pre>' in page


def test_html_of_the_source_is_text() -> None:
    """Neither tags nor pictures come through."""
    page = JINJA.render(mail("<script>x</script> ![a](https://b.example/c.png)"), data(), "UTC").html
    assert "<script" not in page
    assert "<img" not in page


def test_a_text_message_is_no_markdown() -> None:
    """Every character of the source stands."""
    source = "# *a* [b](c) <d> &amp; `e`\n- f"
    for renderer in (PLAIN, JINJA):
        assert renderer.render(sms(source), data(), "UTC").text == source


_NAME = "{{ customer.first_name }}"
_UNTIL = "{{ visit.until }}"


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (_NAME, False),
        (f"{{% if customer.first_name %}}{_NAME}{{% endif %}}", True),
        (f"{{% if customer.first_name %}}{_NAME}{{% endif %}}{_NAME}", False),
        (f"{{% if customer.first_name %}}x{{% else %}}{_NAME}{{% endif %}}", False),
        (f"{{% if not customer.first_name %}}{_NAME}{{% endif %}}", False),
        (f"{{% if not customer.first_name %}}x{{% else %}}{_NAME}{{% endif %}}", True),
        (f"{{% if not not customer.first_name %}}{_NAME}{{% endif %}}", True),
        (f"{{% if customer.first_name and visit.until %}}{_NAME}{_UNTIL}{{% endif %}}", True),
        (f"{{% if customer.first_name or visit.until %}}{_NAME}{{% endif %}}", False),
        (f"{{% if customer.first_name or not visit.until %}}x{{% else %}}{_UNTIL}{{% endif %}}", True),
        (f"{{% if customer.first_name or not visit.until %}}x{{% else %}}{_NAME}{{% endif %}}", False),
        (
            f"{{% if not (customer.first_name and visit.until) %}}x{{% else %}}{_NAME}{_UNTIL}{{% endif %}}",
            True,
        ),
        (f"{{% if not customer.first_name and greeting %}}x{{% else %}}{_NAME}{{% endif %}}", False),
        (f"{{% if not customer.first_name %}}x{{% elif visit.until %}}{_NAME}{_UNTIL}{{% endif %}}", True),
        (f"{{% if greeting %}}x{{% elif visit.until %}}{_NAME}{{% endif %}}", False),
        (f"{{% if customer.first_name == 'Erika' %}}{_NAME}{{% endif %}}", True),
        (f"{{% if customer.first_name == '' %}}{_NAME}{{% endif %}}", False),
        (f"{{% if customer.first_name != '' %}}{_NAME}{{% endif %}}", False),
        (f"{{% if customer.first_name != 'Erika' %}}x{{% else %}}{_NAME}{{% endif %}}", True),
        ("{{ customer.first_name if customer.first_name else greeting }}", True),
        ("{{ greeting if customer.first_name else customer.first_name }}", False),
        ("{{ customer.first_name|default('x') }}", True),
        ("{{ customer.first_name|upper }}", False),
    ],
)
def test_only_a_condition_that_has_found_it_lets_a_value_stand(*, source: str, passes: bool) -> None:
    """Whatever it is made of; a value that may be None is not found by being unlike an empty text."""
    codes = {fault.code for fault in JINJA.check(sms(source), PLACES)}
    assert codes == (set() if passes else {"may_be_empty"})


@pytest.mark.parametrize("renderer", [PLAIN, JINJA], ids=["plain", "templates"])
def test_nobody_can_write_the_marks_that_stand_for_values(renderer: MessageRenderer) -> None:
    """Neither in a source nor in a name, nor in an address: the next value does not appear there."""
    forged = "\ue0000\ue001"
    source = mail(f"{forged} [x](https://a.example/{forged}/{{{{ greeting }}}}) {{{{ customer.last_name }}}}")
    page = renderer.render(source, data(greeting=forged, customer__last_name=forged), "UTC").html
    assert page.count("Guten Tag") == 0
    assert page.count(forged) == (2 if renderer is PLAIN else 1)
    page = renderer.render(
        mail("{{ link }} {{ greeting }}"), data(link=Link(f"https://a.example/{forged}")), "UTC"
    ).html
    assert 'href="https://a.example/0"' in page


_FORGED = [
    "\ue000",
    "\ue001",
    "&#xE000;",
    "&#Xe001;",
    "&#57344;",
    "&#0057345;",
    "&#x00e000;",
    "%EE%80%80",
    "%ee%80%81",
]
_AROUND = [
    "0",
    "xn--0-ro7ge",
    "[x](",
    "[x](https://a.example/",
    "<https://",
    ")",
    ">",
    "'",
    "`",
    "\\",
    " ",
    "\n\n",
    "```",
]


@example("<https://a.example/%EE%80%800%EE%80%81>")
@example("<https://xn--0-ro7ge.example>")
@example("[x](https://a.example/%EE%80%800%EE%80%81)")
@given(st.lists(st.sampled_from([*_FORGED, *_AROUND]), max_size=12).map("".join))
def test_no_spelling_of_a_mark_is_one(around: str) -> None:
    """Of references, escapes and hosts in a source: the value appears in its own place alone."""
    written = JINJA.render(mail(f"{{{{ greeting }}}}\n\n{around}"), data(greeting="Zack"), "UTC")
    assert written.text.count("Zack") == written.html.count("Zack") == 1


@pytest.mark.parametrize("forged", ["&#xE000;0&#xE001;", "&#57344;0&#57345;", "&#X0e000;0&#057345;"])
def test_a_reference_to_a_mark_is_a_replacement_character(forged: str) -> None:
    """As of every character that no text needs."""
    written = JINJA.render(mail(f"{{{{ greeting }}}} {forged}"), data(), "UTC")
    assert written.text == "Guten Tag, \ufffd0\ufffd\n"
    assert "<p>Guten Tag, \ufffd0\ufffd</p>" in written.html
