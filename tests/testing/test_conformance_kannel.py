"""The gateway of Kannel keeps the contract of the port, with a real Kannel behind a web server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

import pytest

from loyaltycore.testing import SmsCapabilities, SmsGatewayConformance, Trouble
from loyaltycore_sms import KannelSms
from tests.adapters.sms.kannel import PASSWORD, USER, Kannel, missing, running_kannel
from tests.listening import nobody_listens


class TestKannel(SmsGatewayConformance):
    capabilities = SmsCapabilities()
    kannel: ClassVar[Kannel]
    running: ClassVar[AbstractContextManager[Kannel]]

    @classmethod
    def setup_class(cls) -> None:
        why = missing()
        if why and os.environ.get("CI") and os.environ.get("LOYALTYCORE_TEST_KANNEL") == "1":
            pytest.fail(f"these tests were asked for, but {why}")
        if why:
            pytest.skip(why)
        cls.running = running_kannel()
        cls.kannel = cls.running.__enter__()

    @classmethod
    def teardown_class(cls) -> None:
        cls.running.__exit__(None, None, None)

    @contextmanager
    def open(self) -> Iterator[KannelSms]:
        self.kannel.settle()
        self.kannel.operator.parts.clear()
        with KannelSms(url=self.kannel.front.url, username=USER, password=PASSWORD) as gateway:
            yield gateway

    def peek(self, gateway: Any, number: str) -> Sequence[str]:
        return self.kannel.texts_to(number)

    def trouble(self, gateway: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[None]:
        return self.kannel.front.in_trouble(trouble, about)

    @contextmanager
    def open_unreachable(self) -> Iterator[KannelSms]:
        with nobody_listens() as port:
            url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
            with KannelSms(url=url, username=USER, password=PASSWORD) as gateway:
                yield gateway
