"""A purpose with placeholders of every kind, sources made of them, and both renderers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from hypothesis import strategies as st

from loyaltycore import Money
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageRenderer, MessageText
from loyaltycore.kernel.settings import Option
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.testing.renderer_checks.base import PLACES, data
from loyaltycore_templates import TemplateRenderer

JINJA: Final = TemplateRenderer()
RENDERERS: Final[dict[str, MessageRenderer]] = {"plain": PLAIN, "templates": JINJA}
PURPOSE: Final = Purpose(
    "visit.planned",
    "A visit is planned",
    Option("visits.template", "", "The template of that message"),
    PLACES,
    (
        MessageText(Channel.EMAIL, "en", "{{ greeting }} see you on {{ visit.day }}.\n", "Your visit"),
        MessageText(Channel.EMAIL, "de", "{{ greeting }} bis zum {{ visit.day }}.\n", "Ihr Besuch"),
        MessageText(Channel.SMS, "en", "See you on {{ visit.day }}."),
    ),
)


_PATHS: Final = [each.path for each in PLACES]
_TESTS: Final = st.sampled_from(_PATHS).flatmap(lambda path: st.sampled_from([path, f"not {path}"]))
_WORDS: Final = st.sampled_from(["", " ", "a ", "\n\n", "*", "# ", "- ", "<b>", "[x](y)", "&", "ä", "}"])
SOURCES: Final = st.recursive(
    st.one_of(_WORDS, st.sampled_from([f"{{{{ {path} }}}}" for path in _PATHS])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(_TESTS, inner, inner).map(
            lambda it: f"{{% if {it[0]} %}}{it[1]}{{% else %}}{it[2]}{{% endif %}}"
        ),
    ),
    max_leaves=12,
)
"""Sources that can be read; not all of them pass."""

TEXTS: Final = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\0"), max_size=30
)
"""What somebody may be called: what a record can hold."""


def people() -> st.SearchStrategy[dict[str, Any]]:
    """All data that the placeholders allow: what may be empty may be missing or an empty text."""
    return st.builds(
        data,
        greeting=TEXTS,
        customer__first_name=st.one_of(st.none(), TEXTS),
        customer__last_name=TEXTS,
        visit__until=st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2199, 12, 31))),
        visit__day=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        visit__time=st.times(),
        visit__at=st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001  the strategy adds the zone
        visit__costs=st.builds(Money, st.integers(-(10**9), 10**9), st.sampled_from(["EUR", "JPY", "KWD"])),
        visit__guests=st.integers(0, 10**6),
        visit__at_home=st.booleans(),
    )
