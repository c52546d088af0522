"""Both renderers keep what their port promises."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from loyaltycore.ports import MessageRenderer
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.testing import MessageRendererConformance
from loyaltycore_templates import TemplateRenderer


class TestPlain(MessageRendererConformance):
    """The one that comes with the library."""

    def open(self) -> AbstractContextManager[MessageRenderer]:
        return nullcontext(PLAIN)


class TestTemplates(MessageRendererConformance):
    """The one of the adapter."""

    def open(self) -> AbstractContextManager[MessageRenderer]:
        return nullcontext(TemplateRenderer())
