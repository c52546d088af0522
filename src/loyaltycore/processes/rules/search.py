"""How templates are found: by the beginning of any word of name, abbreviation and search key."""

from __future__ import annotations

from collections.abc import Mapping

from loyaltycore.customers.rules.search import foldings
from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Or, key_starts
from loyaltycore.processes.rules.template import ProcessTemplate


def template_keys(template: ProcessTemplate) -> Mapping[str, tuple[str, ...]]:
    """The lookup keys of a template: its words, without case or accents."""
    text = f"{template.name} {template.abbreviation} {template.search_key}"
    return {"word": tuple(dict.fromkeys(word for folded in foldings(text) for word in folded.split(" ")))}


def templates_with(text: str) -> Criterion:
    """The templates in which each word of a text begins some word; an empty text finds all."""
    folded = [each.split(" ") for each in foldings(text)]
    if not folded:
        return EVERYTHING
    return Or(tuple(And(tuple(key_starts("word", word) for word in words)) for words in folded))
