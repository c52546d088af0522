"""The gateway of seven.io keeps the contract of the port, against a server that speaks as it does and its real troubles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from loyaltycore.testing import SmsCapabilities, SmsGatewayConformance, Trouble
from loyaltycore_sms import SevenSms
from tests.adapters.sms.seven_server import SevenServer, running_seven
from tests.adapters.sms.texts import KEY
from tests.listening import nobody_listens


class TestSeven(SmsGatewayConformance):
    capabilities = SmsCapabilities()
    server: ClassVar[SevenServer]
    running: ClassVar[AbstractContextManager[SevenServer]]

    @classmethod
    def setup_class(cls) -> None:
        cls.running = running_seven()
        cls.server = cls.running.__enter__()

    @classmethod
    def teardown_class(cls) -> None:
        cls.running.__exit__(None, None, None)

    @contextmanager
    def open(self) -> Iterator[SevenSms]:
        self.server.calls.clear()
        with SevenSms(api_key=KEY, base_url=self.server.url) as gateway:
            yield gateway

    def peek(self, gateway: Any, number: str) -> Sequence[str]:
        return self.server.texts_to(number)

    def trouble(self, gateway: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[None]:
        return self.server.in_trouble(trouble, about)

    @contextmanager
    def open_unreachable(self) -> Iterator[SevenSms]:
        with nobody_listens() as port:
            url = f"http://127.0.0.1:{port}/api"
            with SevenSms(api_key=KEY, base_url=url) as gateway:
                yield gateway
