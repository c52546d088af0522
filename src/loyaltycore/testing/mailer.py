"""The conformance suite of the mailer port.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import Lacks, MailerCapabilities, MailerConformance, read_mail
    from shop_mail import ShopMailer, running_sandbox

    class TestShopMailer(MailerConformance):
        capabilities = MailerCapabilities(
            unreachable=Lacks("the sandbox is always there"), trouble=Lacks("the sandbox takes every mail")
        )

        @contextmanager
        def open(self):
            with running_sandbox() as sandbox, ShopMailer(sandbox.url) as mailer:
                yield mailer

        def peek(self, mailer, address):
            return [read_mail(raw) for raw in mailer.sandbox.mails_to(address)]

It needs no conftest and no fixture.
"""

from __future__ import annotations

from loyaltycore.testing.letters import ReceivedMail, read_mail
from loyaltycore.testing.mailer_checks.base import MailerCapabilities
from loyaltycore.testing.mailer_checks.crowds import CrowdChecks
from loyaltycore.testing.mailer_checks.troubles import TroubleChecks
from loyaltycore.testing.mailer_checks.words import WordChecks
from loyaltycore.testing.suite import Lacks

__all__ = ["Lacks", "MailerCapabilities", "MailerConformance", "ReceivedMail", "read_mail"]


class MailerConformance(TroubleChecks, WordChecks, CrowdChecks, kit=True):
    """Checks a mailer against `loyaltycore.ports.messaging.Mailer`: subclass it, fill `open`, `peek` and `capabilities`.

    Capabilities that are not declared as gaps need `trouble` and `open_unreachable` as well.
    """
