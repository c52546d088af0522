"""What could fail is found before, and nothing but values is ever asked for."""

from __future__ import annotations

from datetime import date
from itertools import product
from time import perf_counter
from typing import Final

from hypothesis import assume, given, strategies as st

from loyaltycore.kernel.rendering import WrittenMessage, one_line
from loyaltycore.kernel.words import is_storable
from loyaltycore.testing.renderer_checks.base import PLACES, RendererChecks, SeenPage, data, mail, sms
from loyaltycore.testing.suite import examples

LONGEST_CHECK: Final = 10.0
"""Seconds."""

FORBIDDEN: Final = (
    "{{ 'a' * 10**9 }}",
    "{{ 9**9**9 }}",
    "{{ customer.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ customer.items() }}",
    "{{ customer.last_name.upper() }}",
    "{{ customer.last_name|attr('__class__') }}",
    "{{ customer.last_name|center(1000000000) }}",
    "{{ customer['last_name'] }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for letter in customer.last_name %}x{% endfor %}",
    "{% set x = greeting %}{{ x }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% macro m() %}{{ greeting }}{% endmacro %}",
    "{% if greeting.upper() %}x{% endif %}",
)
BROKEN: Final = (
    "{{ greeting",
    "{{ }}",
    "{{ greeting customer }}",
    "{% if greeting %}",
    "{% if %}x{% endif %}",
    "{% endif %}",
    "{% else %}",
    "{% unknown %}",
    "{{ " + "(" * 20_000,
    "{% if greeting %}" * 2_000 + "x" + "{% endif %}" * 2_000,
)
UNKNOWN: Final = (
    "{{ greting }}",
    "{{ customer.frist_name }}",
    "{{ customer }}",
    "{% if visit.nothing %}x{% endif %}",
)
GAPS: Final = (
    "{{ customer.first_name }}",
    "{% if visit.at_home %}{{ customer.first_name }}{% endif %}",
    "{% if not customer.first_name %}{{ customer.first_name }}{% endif %}",
    "{% if customer.first_name %}x{% else %}{{ customer.first_name }}{% endif %}",
    "{% if customer.first_name %}{{ visit.until }}{% endif %}",
    "{% if customer.first_name %}x{% endif %}{{ customer.first_name }}",
)
FOUND: Final = (
    "{% if customer.first_name %}{{ customer.first_name }}{% endif %}",
    "{% if not customer.first_name %}x{% else %}{{ customer.first_name }}{% endif %}",
    "{% if customer.first_name %}{% if visit.until %}{{ customer.first_name }} {{ visit.until }}{% endif %}{% endif %}",
)
_PATHS: Final = [each.path for each in PLACES]
_SOURCES: Final = st.recursive(
    st.sampled_from(["", "a ", "\n\n", "*", "# ", "<b>", "&", *(f"{{{{ {path} }}}}" for path in _PATHS)]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(st.sampled_from(["", "not "]), st.sampled_from(_PATHS), inner, inner).map(
            lambda it: f"{{% if {it[0]}{it[1]} %}}{it[2]}{{% else %}}{it[3]}{{% endif %}}"
        ),
    ),
    max_leaves=10,
)


class RefusalChecks(RendererChecks, kit=True):
    """Tests of `check`, and of what it lets pass."""

    def _refuses(self, *sources: str) -> None:
        with self.open() as renderer:
            for source in sources:
                begin = perf_counter()
                for text, field in (
                    (sms(source), "body"),
                    (mail(source), "body"),
                    (mail("x", source), "subject"),
                ):
                    found = {fault.field for fault in self.check(renderer, text)}
                    assert found == {field}, f"{source[:60]!r} in the {field}: faults are at {sorted(found)}"
                seconds = perf_counter() - begin
                assert seconds < LONGEST_CHECK, f"{source[:60]!r} is checked for {seconds:.0f} seconds"

    def test_a_source_does_nothing_but_ask_for_values(self) -> None:
        """What calls, calculates, loops or reaches further is found: "A source asks for values and does nothing else"."""
        self._refuses(*FORBIDDEN)

    def test_a_source_that_cannot_be_read_is_a_fault(self) -> None:
        """Whatever is odd about it: "Never raises, whatever the source holds, and takes a bounded time"."""
        self._refuses(*BROKEN)

    def test_a_placeholder_that_is_not_declared_is_a_fault(self) -> None:
        """Also a part of the path to one, and one in a condition: "So is a placeholder that is not declared"."""
        self._refuses(*UNKNOWN)

    def test_what_may_be_empty_needs_a_condition(self) -> None:
        """One that has found it, and no other: "one that may be empty outside a condition that has found it"."""
        self._refuses(*GAPS)
        with self.open() as renderer:
            for source in FOUND:
                assert not self.check(renderer, sms(source)), f"{source!r} is refused"

    def test_every_fault_is_found(self) -> None:
        """Those of the subject and all of the body: "Find everything that is wrong with a text, its subject included"."""
        text = mail("{{ a }} {{ b }} {{ greeting }} {{ customer.first_name }}", "{{ c }}")
        with self.open() as renderer:
            fields = [fault.field for fault in self.check(renderer, text)]
        assert sorted(fields) == ["body"] * 3 + ["subject"], f"faults are at {fields}"

    def test_what_passes_never_fails(self) -> None:
        """Generated sources, with everything that may be missing: "can be rendered with any data"."""

        @examples(150)
        @given(source=_SOURCES)
        def check(source: str) -> None:
            with self.open() as renderer:
                texts = (sms(source), mail(source, one_line(source)))
                passed = [text for text in texts if not self.check(renderer, text)]
                assume(passed)
                for text, name, until in product(passed, ("Erika", "", None), (date(2026, 1, 1), None)):
                    person = data(customer__first_name=name, visit__until=until)
                    _require_sound(renderer.render(text, person, "Europe/Berlin"), source)

        check()


def _require_sound(written: WrittenMessage, source: str) -> None:
    words = (written.text, written.subject, written.html)
    assert all(map(is_storable, words)), f"{source!r} becomes what cannot be stored"
    assert written.subject == one_line(written.subject), f"{source!r} becomes two lines"
    assert SeenPage(written.html).is_sound, f"{source!r} leaves tags open: {written.html!r}"
    assert "None" not in written.text, f"{source!r} writes what is not there"
