"""Makes the plain part and the HTML part of a mail from one source in Markdown.

Values are marks while Markdown is read, so a name is never a heading and never a link. Most messages of one template
have the same marks in the same places, so Markdown is read once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from loyaltycore.templates.rules.filling import MARK, Value, in_html, unshielded
from loyaltycore_templates.formats import locale_of

_MARKS: Final = re.compile(f"({MARK.pattern.replace('(', '(?:')})")
_FORGED: Final = re.compile("&#(?:x0*e00[01]|0*5734[45]);", re.IGNORECASE)
"""A character reference that would be read as half a mark."""
_PIECE: Final = re.compile(f'<a href="([^"]*)">(.*?)</a>|{MARK.pattern}', re.DOTALL)
_LEAD: Final = re.compile(r"https?://[^/?#]+[/?#]|mailto:[^?]+\?|tel:", re.IGNORECASE)
"""As much of an address as says where it leads."""
_ENDS_HOST: Final = re.compile("[/?#&]")


class _Markdown(MarkdownIt):
    """Keeps marks in addresses as they are, so that nothing else is spelled like one."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802  of the base
        normal = super().normalizeLink
        return "".join(part if MARK.fullmatch(part) else normal(part) for part in _MARKS.split(url))

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  of the base
        return link


_MARKDOWN: Final = _Markdown("commonmark", {"html": False, "breaks": True}).disable(
    ["html_block", "html_inline", "image", "code"]
)


def in_both(marked: str, values: Sequence[Value]) -> tuple[str, str]:
    """The plain part, and the body of the HTML part.

    Args:
        marked: The source, with a mark in place of each value.
    """
    plain, html = _converted(marked)
    html = _PIECE.sub(lambda found: _filled(found, values), html)
    return unshielded(plain, values, lambda value: value.text), html


def misplaced(marked: str, is_link: Callable[[int], bool]) -> Iterator[int]:
    """The numbers of the values that would decide where a link leads and are no links themselves."""
    for link in _PIECE.finditer(_converted(marked)[1]):
        if link[1] is not None and (number := _misplaced(link[1], is_link)) is not None:
            yield number


def direction_of(language: str) -> str:
    """The direction in which a language is written: ``ltr`` or ``rtl``."""
    return locale_of(language).text_direction


def _filled(found: re.Match[str], values: Sequence[Value]) -> str:
    """A link, in whose text a link is nothing but a text; or a value."""
    if found[3]:
        return in_html(values[int(found[3])])
    inner = unshielded(found[2], values, lambda value: in_html(Value(value.text)))
    return f'<a href="{_address(found[1], values)}">{inner}</a>'


def _address(marked: str, values: Sequence[Value]) -> str:
    """The address of a link: everything in it but a link at its beginning is a piece of an address."""
    if _misplaced(marked, lambda number: bool(values[number].address)) is not None:
        return "#"

    def filled(found: re.Match[str]) -> str:
        value = values[int(found[1])]
        return escape(value.address) if found.start() == 0 else quote(value.text, safe="")

    return MARK.sub(filled, marked)


def _misplaced(address: str, is_link: Callable[[int], bool]) -> int | None:
    first, *others = (*MARK.finditer(address), None)
    if first is None:
        return None
    number = int(first[1])
    if first.start():
        lead = _LEAD.match(address)
        return None if lead and lead.end() <= first.start() else number
    if not is_link(number):
        return number
    after = others[0]
    if after and not _ENDS_HOST.search(address, first.end(), after.start()):
        return int(after[1])
    return None


@lru_cache(maxsize=512)
def _converted(marked: str) -> tuple[str, str]:
    """The plain part and the HTML part, with the marks in both."""
    tokens = _MARKDOWN.parse(_FORGED.sub("\ufffd", marked))
    for token in tokens:
        # What mail programs do not show needs no escaping.
        token.info = ""
        for each in token.children or ():
            each.attrs.pop("title", None)
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
            # A list that starts with 1 does not say so.
            page.lists.append(None if kind[0] == "b" else int(token.attrs.get("start", 1)))
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
            begun.append((len(text), str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            place, address = begun.pop()
            if text[place:] != address:
                text += f": {address}"
        else:
            text += token.content
    return text
