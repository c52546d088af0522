"""The conformance suite of message renderers.

This is all that an author writes, in a file that pytest collects:

    from contextlib import nullcontext

    from loyaltycore.testing import MessageRendererConformance
    from shop_letters import ShopRenderer

    class TestShopRenderer(MessageRendererConformance):
        def open(self):
            return nullcontext(ShopRenderer())

It needs no conftest and no fixture.
"""

from __future__ import annotations

from loyaltycore.testing.renderer_checks.refusals import RefusalChecks
from loyaltycore.testing.renderer_checks.values import ValueChecks
from loyaltycore.testing.renderer_checks.writing import WritingChecks

__all__ = ["MessageRendererConformance"]


class MessageRendererConformance(WritingChecks, RefusalChecks, ValueChecks, kit=True):
    """Checks a renderer against `loyaltycore.kernel.rendering.MessageRenderer`: subclass it, and fill `open`."""
