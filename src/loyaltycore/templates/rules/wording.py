"""Which text a message gets: that of the template in use, or the one that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import MessageRenderer, MessageText, WrittenMessage
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.template import MessageTemplate
from loyaltycore.templates.rules.trying import faults_of

GERMAN: Final = frozenset({"DE", "AT", "LI"})
"""Countries in which people read German unless they say otherwise."""


def language_of(country: str) -> str:
    """The language of people of whom nothing else is known."""
    return "de" if country in GERMAN else "en"


def choose_text(texts: Iterable[MessageText], channel: Channel, language: str) -> MessageText | None:
    """The text in somebody's language; else the English one, else the first there is for the channel, else None."""
    fitting = {each.language: each for each in texts if each.channel is channel}
    return fitting.get(language) or fitting.get("en") or next(iter(fitting.values()), None)


def template_in_use(purpose: Purpose, chosen: MessageTemplate | None) -> MessageTemplate | None:
    """The template that an option chooses, if it is for this purpose; else the texts that ship are in use.

    A wrong word in the settings is no reason to turn a customer away.
    """
    return chosen if chosen is not None and chosen.purpose == purpose.key else None


@frozen
class Written:
    """A message, and what it was made from."""

    message: WrittenMessage
    template: str = ""
    """The version of the template, ``card-ordered/3``; empty for a text that ships."""


@frozen
class Wording:
    """How messages of one purpose are worded at the moment."""

    purpose: Purpose
    template: MessageTemplate | None = None
    """The template in use, or None."""
    renderer: MessageRenderer = field(default=PLAIN, repr=False)
    on_failure: Callable[[MessageTemplate, Exception], object] | None = field(default=None, repr=False)
    """Told of a template that cannot be used for a message."""

    def write(
        self, channel: Channel, language: str, data: Callable[[str], Mapping[str, Any]], zone: str
    ) -> Written:
        """Write a message.

        Args:
            language: The reader's; a text in another one is taken where there is none.
            data: Gives the values for a text in a language.

        If the template fails, for example with another renderer than it was saved with, or says nothing to just this
        reader, the text that ships is sent, and `on_failure` is told: whoever waits for the message is not to blame.

        Raises:
            ValueError: The purpose has no text for the channel.
        """
        text = choose_text(self.template.texts, channel, language) if self.template else None
        if text is not None and self.template is not None:
            try:
                return Written(self._rendered(text, data(text.language), zone), self.template.reference)
            except Exception as error:
                if self.on_failure is None:
                    raise
                self.on_failure(self.template, error)
        shipped = choose_text(self.purpose.shipped, channel, language)
        if shipped is None:
            raise ValueError(f"{self.purpose.key} has no text for {channel.value}")
        return Written(PLAIN.render(shipped, data(shipped.language), zone))

    def _rendered(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        message = self.renderer.render(text, data, zone)
        found = next(faults_of(message, text.channel), None)
        if found:
            raise ValueError(f"the {found[0]} {found[2]}")
        return message
