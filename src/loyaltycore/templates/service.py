"""Message templates: saved, tried out, and looked up with all their versions."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from loyaltycore.kernel.criteria import EVERYTHING, stored
from loyaltycore.kernel.rendering import MessageRenderer, MessageText
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.adding import PURPOSES
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.saving import read_texts, save_template
from loyaltycore.templates.rules.template import MessageTemplate, TemplateVersion, version_key
from loyaltycore.templates.rules.trying import Preview, previews
from loyaltycore.templates.rules.wording import template_in_use
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


@frozen
class InUse:
    """Which wording messages of a purpose have in this session."""

    purpose: Purpose
    chosen: str
    """What the option names; empty for the texts that ship."""
    template: MessageTemplate | None
    """The template; None for the texts that ship, also where the option names none for this purpose."""


class MessageTemplates(Service):
    """The shop's own wording of messages."""

    @command("templates.save")
    def save(self, name: str, *, purpose: str, texts: Sequence[MessageText]) -> MessageTemplate:
        """Save a template, or the next version of one; the versions before stay as they were.

        Every text is read, its placeholders looked up, and rendered for sample customers: one of whom everything is
        known, one of whom little is, and one with markup, line ends and emoji in every word.

        Args:
            name: Technical key: lower-case letters, digits, ``-`` and ``_``.
            purpose: A key of `purposes`; a template keeps its purpose.
            texts: At most one for each channel and language.

        Raises:
            InvalidInput: Names every fault of every text.
            NotFound: There is no such purpose.
            Refused: ``template.other_purpose``.
        """
        with Faults() as faults:
            key = faults.key("name", name)
        kind = self._purpose(purpose)
        read = read_texts(texts, kind, self._renderer)
        before = self.unit.seek(MessageTemplate, key, for_update=True)
        decision = save_template(
            MessageTemplate(key, kind.key, read), before, self.unit.now, self.unit.acting.actor
        )
        return self.unit.apply(decision)

    @query
    def preview(self, *, purpose: str, texts: Sequence[MessageText]) -> tuple[Preview, ...]:
        """Show texts as the sample customers would get them; nothing is saved.

        Raises:
            InvalidInput: Names every fault of every text.
            NotFound: There is no such purpose.
        """
        kind = self._purpose(purpose)
        read = read_texts(texts, kind, self._renderer)
        return tuple(each for text in read for each in previews(text, kind, self._renderer))

    @query
    def purposes(self) -> tuple[Purpose, ...]:
        """What messages are for: with placeholders, the texts that ship, and the option that names a template."""
        return tuple(self.session.house.added(PURPOSES).values())

    @query
    def in_use(self) -> tuple[InUse, ...]:
        """For each purpose, the template that this session's settings choose."""
        purposes = tuple(self.session.house.added(PURPOSES).values())
        chosen = [self.session.options[each.option] for each in purposes]
        named = stored("id").one_of(sorted({*chosen} - {""}))
        found = {each.id: each for each in self.unit.find(MessageTemplate, named)}
        return tuple(
            InUse(purpose, name, template_in_use(purpose, found.get(name)))
            for purpose, name in zip(purposes, chosen, strict=True)
        )

    @query
    def get(self, name: str) -> MessageTemplate:
        """Read one template.

        Raises:
            NotFound: There is no such template.
        """
        return self.unit.get(MessageTemplate, name)

    @query
    def all(self, *, purpose: str | None = None) -> tuple[MessageTemplate, ...]:
        """The templates, or those of one purpose, by name.

        Raises:
            NotFound: There is no such purpose.
        """
        where = EVERYTHING if purpose is None else stored("purpose") == self._purpose(purpose).key
        return tuple(self.unit.find(MessageTemplate, where, order_by=("id",)))

    @query
    def version(self, name: str, number: int) -> TemplateVersion:
        """A template as it was saved for the first, second, ... time.

        Raises:
            NotFound: There is no such version.
            InvalidInput: The number is none.
        """
        with Faults() as faults:
            wanted = faults.integer("number", number, least=1, most=2**31, required=True)
        return self.unit.get(TemplateVersion, version_key(self.unit.get(MessageTemplate, name).id, wanted))

    @query
    def versions(self, name: str) -> tuple[TemplateVersion, ...]:
        """All versions of a template, first to last.

        Raises:
            NotFound: There is no such template.
        """
        where = stored("template_id") == self.unit.get(MessageTemplate, name).id
        return tuple(self.unit.find(TemplateVersion, where, order_by=("number",)))

    def _purpose(self, key: str) -> Purpose:
        return self.session.house.added(PURPOSES).named(key)

    @property
    def _renderer(self) -> MessageRenderer:
        return self.session.house.renderer or PLAIN
