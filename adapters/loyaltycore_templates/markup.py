"""Makes the plain part and the HTML part of a mail from one source in Markdown.

Values are marks while Markdown is read, so a name is never a heading and never a link. Most messages of one template
have the same marks in the same places, so Markdown is read once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from loyaltycore.templates.rules.filling import Value, in_html, unshielded
from loyaltycore_templates.formats import locale_of

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["html_block", "html_inline", "image", "code"]
)
_HREF: Final = re.compile(r'href="([^"]*)"')
_MARK: Final = re.compile("(?:\ue000|%EE%80%80)([0-9]+)(?:\ue001|%EE%80%81)")


def in_both(marked: str, values: Sequence[Value]) -> tuple[str, str]:
    """The plain part, and the body of the HTML part.

    Args:
        marked: The source, with a mark in place of each value.
    """
    plain, html = _converted(marked)
    html = _HREF.sub(lambda found: f'href="{_address(found[1], values)}"', html)
    return unshielded(plain, values, lambda value: value.text), unshielded(html, values, in_html)


def targets(marked: str) -> Iterator[int]:
    """The numbers of the values with which the addresses of links begin."""
    for href in _HREF.finditer(_converted(marked)[1]):
        if begun := _MARK.match(href[1]):
            yield int(begun[1])


def direction_of(language: str) -> str:
    """The direction in which a language is written: ``ltr`` or ``rtl``."""
    return locale_of(language).text_direction


def _address(marked: str, values: Sequence[Value]) -> str:
    """The address of a link: begun by nothing but a link, and with everything else in it as a piece of an address."""
    begun = _MARK.match(marked)
    if begun and not values[int(begun[1])].address:
        return "#"

    def filled(found: re.Match[str]) -> str:
        value = values[int(found[1])]
        return escape(value.address) if found.start() == 0 else quote(value.text, safe="")

    return _MARK.sub(filled, marked)


@lru_cache(maxsize=512)
def _converted(marked: str) -> tuple[str, str]:
    """The plain part and the HTML part, with the marks in both."""
    tokens = _MARKDOWN.parse(marked)
    html = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    return _plain(tokens), html.strip().replace(">\n", ">")


class _Lines:
    """The plain part as it grows."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.lists: list[int | None] = []
        """The number of the next item of each list that is open; None for one without numbers."""
        self.first = ""
        """What stands before the next line: the sign of an item."""
        self.quotes = 0

    def add(self, text: str) -> None:
        indent = "> " * self.quotes + "  " * (len(self.lists) - bool(self.first))
        for line in text.split("\n"):
            self.lines.append(f"{indent}{self.first}{line}".rstrip())
            if self.first:
                indent, self.first = indent + " " * len(self.first), ""

    def gap(self) -> None:
        if self.lines and self.lines[-1] and not self.lists:
            self.lines.append("")


def _plain(tokens: Sequence[Token]) -> str:
    page = _Lines()
    for token in tokens:
        kind = token.type
        if kind == "inline":
            page.add(_inline(token.children or ()))
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            page.lists.append(None if kind[0] == "b" else int(token.attrGet("start") or 1))
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            page.lists.pop()
            page.gap()
        elif kind == "list_item_open":
            number = page.lists[-1]
            page.first = "- " if number is None else f"{number}. "
            if number is not None:
                page.lists[-1] = number + 1
        elif kind == "blockquote_open":
            page.quotes += 1
        elif kind == "blockquote_close":
            page.quotes -= 1
            page.gap()
        elif kind == "hr":
            page.add("--")
            page.gap()
        elif kind == "fence":
            page.add(token.content.rstrip("\n"))
            page.gap()
        elif kind in {"paragraph_close", "heading_close"}:
            page.gap()
    return "\n".join(page.lines).rstrip() + "\n"


def _inline(children: Sequence[Token]) -> str:
    """What stands in one paragraph: the text of a link, with its address after it where that says more."""
    text = ""
    begun: list[tuple[int, str]] = []
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            text += "\n"
        elif token.type == "link_open":
            begun.append((len(text), _readable(str(token.attrGet("href") or ""))))
        elif token.type == "link_close":
            place, address = begun.pop()
            if text[place:] != address:
                text += f": {address}"
        else:
            text += token.content
    return text


def _readable(address: str) -> str:
    """An address with its marks as they stand in a text."""
    return _MARK.sub(lambda found: f"\ue000{found[1]}\ue001", address)
