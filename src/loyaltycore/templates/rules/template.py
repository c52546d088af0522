"""Message templates, and their versions, which never change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from loyaltycore.kernel.rendering import MessageText
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults


@frozen
class MessageTemplate:
    """How the shop words messages of one purpose, on some channels and in some languages."""

    id: str
    """Its name: a technical key, for example ``card-ordered``."""
    purpose: str
    """What it is for, for example ``card.ordered``; it never changes."""
    texts: tuple[MessageText, ...]
    """At most one for each channel and language."""
    version: int = 1
    """Also the number of its newest version."""

    @property
    def reference(self) -> str:
        """Its newest version, as a message names it: ``card-ordered/3``."""
        return version_key(self.id, self.version)


@frozen(repr=False)
class TemplateVersion:
    """A template as it was saved once."""

    __repr__ = showing("id")

    id: str
    """What a message names: ``card-ordered/3``."""
    template_id: str
    number: int
    purpose: str
    texts: tuple[MessageText, ...]
    saved_at: datetime
    saved_by: str
    version: int = 1


def version_key(template_id: str, number: int) -> str:
    """The key of a version."""
    return f"{template_id}/{number}"


def check_template_name(option: str) -> Callable[[Faults, str], None]:
    """Make the check of an option that names a template."""

    def check(faults: Faults, value: str) -> None:
        if value:
            faults.key(option, value)

    return check
