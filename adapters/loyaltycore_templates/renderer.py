"""The renderer: reads a source once, fills it, and makes both parts of a mail of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from loyaltycore.errors import Fault, MissingExtra
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageText, Placeholder, PlaceholderKind, WrittenMessage, one_line
from loyaltycore.templates.rules.filling import Value, as_page, fill, joined, shielded
from loyaltycore.templates.rules.language import Block, Either, Show, check_block

if TYPE_CHECKING:
    from loyaltycore_templates.parsing import BadSource


class TemplateRenderer:
    """Renders messages.

    Beside values and ``if``, a source may say ``elif``, ``and``, ``or``, ``not``, ``==`` and ``!=``, and write a value
    with the filters ``date``, ``time``, ``default``, ``upper`` and ``lower``. The body of a mail is Markdown, without
    HTML and pictures.
    """

    def __init__(self) -> None:
        """Check that the extra is installed.

        Raises:
            MissingExtra: It is not.
        """
        try:
            import babel  # noqa: F401, PLC0415  loaded with the first renderer
            import jinja2  # noqa: F401, PLC0415  the same
            import markdown_it  # noqa: F401, PLC0415  the same
        except ImportError as error:
            raise MissingExtra("templates", error.name or "jinja2") from error

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        """Find everything that is wrong with a text, its subject included."""
        from loyaltycore_templates.parsing import BadSource, read_source  # noqa: PLC0415  see the package

        found: list[Fault] = []
        for field, source in (("subject", text.subject), ("body", text.body)):
            try:
                block = read_source(source)
            except BadSource as error:
                found += _unreadable(field, error)
                continue
            found += check_block(field, block, placeholders)
            if field == "body" and text.channel is Channel.EMAIL and not found:
                found += _bad_targets(block, placeholders)
        return tuple(found)

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        """Fill a text that `check` finds nothing wrong with."""
        from loyaltycore_templates.formats import formats_of  # noqa: PLC0415  see the package
        from loyaltycore_templates.markup import direction_of, in_both  # noqa: PLC0415  the same
        from loyaltycore_templates.parsing import read_source  # noqa: PLC0415  the same

        formats = formats_of(text.language, zone)
        body = tuple(fill(read_source(text.body), data, formats))
        if text.channel is not Channel.EMAIL:
            return WrittenMessage(joined(body))
        subject = one_line(joined(tuple(fill(read_source(text.subject), data, formats))))
        plain, html = in_both(*shielded(body))
        return WrittenMessage(plain, subject, as_page(html, text.language, direction_of(text.language)))


def _unreadable(field: str, error: BadSource) -> list[Fault]:
    return [Fault(field, "bad_template", words) for words in error.faults]


def _bad_targets(block: Block, placeholders: Sequence[Placeholder]) -> list[Fault]:
    """What would decide where a link leads and is no link itself."""
    from loyaltycore_templates.markup import misplaced  # noqa: PLC0415  see the package

    links = {each.path for each in placeholders if each.kind is PlaceholderKind.LINK}
    shown: list[str] = []
    marked, _ = shielded(_all_of(block, shown))
    return [
        Fault("body", "not_a_link", f"{shown[number]} is no link: it cannot say where an address leads")
        for number in misplaced(marked, lambda number: shown[number] in links)
    ]


def _all_of(block: Block, shown: list[str]) -> list[str | Value]:
    """Everything that a source may say, one after the other, whatever it depends on."""
    found: list[str | Value] = []
    for part in block:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, Show):
            shown.append(part.path)
            found.append(Value(""))
        elif isinstance(part, Either):
            found += _all_of(part.yes, shown)
            found += _all_of(part.no, shown)
    return found
