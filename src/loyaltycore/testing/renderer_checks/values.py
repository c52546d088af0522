"""Values stand where they belong, as what they are, and are nothing but values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from hypothesis import given, strategies as st

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import one_line
from loyaltycore.testing.renderer_checks.base import RendererChecks, SeenPage, bare, data, mail, sms
from loyaltycore.testing.suite import examples
from loyaltycore.testing.threads import in_threads

_NAMES: Final = st.text(alphabet=st.characters(exclude_categories=["Cs", "Co", "Cc"]), max_size=30)
ODD: Final = (
    "<b>&\"'",
    "*bold* _it_ # x\n- y\n1. z\n> q",
    "[a](https://b.example)",
    "<https://b.example>",
    "`code` ![p](q.png)",
    "&lt;&amp;",
    "</p></body>",
    "\u202e\u05d0\u05d1\u202c \U0001f600",
    "a\n\nb",
)
SOURCES: Final = (
    "{{ greeting }}",
    "{% if greeting %}x{% endif %}",
    "{{ customer.last_name }}",
    "{{",
    "{#",
    "%}",
    "$name",
)
_AROUND: Final = "# *a* [b](c) <d> &amp; `e`\n- f $g %h \\i  \n\n\nö\u20ac\U0001f600 "


class ValueChecks(RendererChecks, kit=True):
    """Tests of texts that nothing is wrong with."""

    def test_values_stand_in_their_places(self) -> None:
        """Each in its own, in a mail, its subject and a text: "Values appear as they are in a text and in a subject"."""
        source = "a {{ customer.last_name }} b {{customer.first_name}} c {{ greeting }} d"
        source = source.replace(
            "{{customer.first_name}}", "{% if customer.first_name %}{{customer.first_name}}{% endif %}"
        )
        expected = "a Mustermann b Erika c Guten Tag, d"
        with self.open() as renderer:
            text = self.write(renderer, sms(source), data()).text
            written = self.write(renderer, mail(source, source), data())
        assert text == expected, f"a text says {text!r}"
        assert written.text.strip() == expected, f"a mail says {written.text!r}"
        assert written.subject == expected, f"a subject says {written.subject!r}"
        assert bare(expected) in bare(SeenPage(written.html).words), f"a page says {written.html!r}"

    def test_what_stands_around_them_arrives(self) -> None:
        """Signs of any markup too: "arrives to the letter in a text message"."""
        with self.open() as renderer:
            text = self.write(renderer, sms(f"{_AROUND}{{{{ greeting }}}}{_AROUND}"), data()).text
        assert text == f"{_AROUND}Guten Tag,{_AROUND}", f"a text says {text!r}"

    def test_any_name_arrives(self) -> None:
        """Generated names, in a text and in a subject: "Values appear as they are in a text and in a subject"."""

        @examples(60)
        @given(name=_NAMES)
        def check(name: str) -> None:
            person, source = data(customer__last_name=name), "a {{ customer.last_name }} b"
            with self.open() as renderer:
                text = self.write(renderer, sms(source), person).text
                subject = self.write(renderer, mail(source, source), person).subject
            assert text == f"a {name} b", f"{name!r} becomes {text!r}"
            assert subject == one_line(f"a {name} b"), f"{name!r} becomes the subject {subject!r}"

        check()

    def test_conditions_choose(self) -> None:
        """By a text, a date, a number or a flag that is there or is not: "counts as missing for a condition"."""
        missing = {
            "customer.first_name": (None, ""),
            "visit.until": (None,),
            "visit.guests": (0,),
            "visit.at_home": (False,),
        }
        with self.open() as renderer:
            for path, gaps in missing.items():
                source = sms(
                    f"{{% if {path} %}}yes{{% else %}}no{{% endif %}}{{% if not {path} %}}!{{% endif %}}"
                )
                found = [self.write(renderer, source, data()).text]
                found += [
                    self.write(renderer, source, data(**{path.replace(".", "__"): gap})).text for gap in gaps
                ]
                assert found == ["yes", *(["no!"] * len(gaps))], f"{path} gives {found}"

    def test_conditions_stand_in_one_another(self) -> None:
        """The inner one counts where the outer one is met: "where a part depends on a value"."""
        source = sms(
            "{% if customer.first_name %}{% if visit.until %}both{% else %}one{% endif %}{% else %}none{% endif %}."
        )
        with self.open() as renderer:
            found = [
                self.write(renderer, source, data(customer__first_name=name, visit__until=until)).text
                for name in ("Erika", None)
                for until in (date(2026, 1, 1), None)
            ]
        assert found == ["both.", "one.", "none.", "none."], f"the answers are {found}"

    def test_values_are_never_markup(self) -> None:
        """Odd names add no tag to a page, and all their signs are read there: "are never markup"."""
        source = mail("a {{ customer.last_name }} b")
        with self.open() as renderer:
            usual = SeenPage(self.write(renderer, source, data()).html)
            for name in ODD:
                page = SeenPage(self.write(renderer, source, data(customer__last_name=name)).html)
                added = [tag for tag in page.tags if tag != "br"]
                assert added == usual.tags, f"{name!r} makes the tags {added}"
                assert page.is_sound, f"{name!r} leaves tags open"
                assert bare(name) in bare(page.words), f"{name!r} is not to be read in {page.words!r}"

    def test_values_are_never_sources(self) -> None:
        """What looks like a placeholder stays what it is: "No value is ever read as a source"."""
        source = "{{ customer.last_name }}"
        with self.open() as renderer:
            for name in SOURCES:
                text = self.write(renderer, sms(source), data(customer__last_name=name)).text
                subject = self.write(renderer, mail("x", source), data(customer__last_name=name)).subject
                assert (text, subject) == (name, name), f"{name!r} becomes {text!r} and {subject!r}"

    def test_a_subject_is_one_line(self) -> None:
        """No value adds a header: "a subject is one line"."""
        with self.open() as renderer:
            for end in ("\r\n", "\n", "\r", "\u2028", "\x85", "\x01", "\x0b"):
                name = f"Max{end}Bcc: max@example.org"
                written = self.write(
                    renderer, mail("x", "An {{ customer.last_name }}"), data(customer__last_name=name)
                )
                assert written.subject == one_line(f"An {name}"), f"{end!r} stays in {written.subject!r}"

    def test_only_a_mail_has_a_subject_and_a_page(self) -> None:
        """A text message is a text: "A whole page, for a mail; otherwise empty"."""
        with self.open() as renderer:
            text = self.write(renderer, sms("{{ greeting }}"), data())
            written = self.write(renderer, mail("{{ greeting }}"), data())
        assert (text.subject, text.html) == ("", ""), f"a text message has {text.subject!r} and {text.html!r}"
        page = SeenPage(written.html)
        assert page.is_sound, f"a page leaves tags open: {written.html!r}"
        assert page.tags[:1] == ["html"], f"a page begins with {page.tags[:1]}"

    def test_instants_are_those_of_the_branch(self) -> None:
        """The clock of the zone counts, in winter and in summer: "written in the time zone of the branch"."""
        with self.open() as renderer:
            for month, zone, hour in (
                (5, "Europe/Berlin", "10"),
                (1, "Europe/Berlin", "09"),
                (5, "Asia/Kolkata", "14"),
            ):
                at = datetime(2026, month, 9, 8, 45, tzinfo=UTC)
                text = self.write(renderer, sms("{{ visit.at }}"), data(visit__at=at), zone).text
                clock = f"{hour}:15" if zone == "Asia/Kolkata" else f"{hour}:45"
                assert clock.lstrip("0") in text, f"{at} in {zone} becomes {text!r}"

    def test_every_language_writes_in_its_own_way(self) -> None:
        """German and English: "Dates, times and money are written as the language of the text does"."""
        source = "{{ visit.day }}/{{ visit.time }}/{{ visit.costs }}"
        foreign = {"de": ("May", "Dec", "12.50"), "en": ("Mai", "Dez", "12,50")}
        with self.open() as renderer:
            for language, words in foreign.items():
                for month in (5, 12):
                    day = date(2026, month, 9)
                    text = self.write(renderer, sms(source, language), data(visit__day=day)).text
                    assert all(each in text for each in ("9", "2026", "10:30")), f"{language}: {text!r}"
                    assert not any(each in text for each in words), f"{language}: {text!r}"
                    assert words[2].translate({44: ".", 46: ","}) in text, f"{language}: {text!r}"

    def test_no_digit_of_money_is_lost(self) -> None:
        """Neither of a vast amount nor of a currency without cents: "Values appear as they are"."""
        with self.open() as renderer:
            for amount in (
                Money(10**20 + 1, "EUR"),
                Money(1234567, "JPY"),
                Money(12345, "KWD"),
                Money(-5, "EUR"),
            ):
                text = self.write(renderer, sms("{{ visit.costs }}"), data(visit__costs=amount)).text
                digits = "".join(filter(str.isdigit, text)).lstrip("0")
                assert digits == str(abs(amount.amount)), f"{amount} becomes {text!r}"

    def test_the_same_again_is_the_same(self) -> None:
        """Whatever was rendered before, and by several threads at once: "the same arguments give the same answer"."""
        source, names = (
            mail("{{ greeting }} {{ customer.last_name }}", "{{ customer.last_name }}"),
            [*ODD[:4], *SOURCES],
        )
        with self.open() as renderer:
            first = [self.write(renderer, source, data(customer__last_name=name)) for name in names]
            again = in_threads(
                lambda names: [
                    renderer.render(source, data(customer__last_name=name), "UTC") for name in names
                ],
                [names] * 4,
            )
        assert len({each.text for each in first}) == len(names), "one answer is given for two values"
        assert all(each == first for each in again), "a second answer differs from the first"
