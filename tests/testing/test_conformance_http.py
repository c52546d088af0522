"""A gateway over HTTP that is written by the port alone passes, with a real server in real trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from loyaltycore.testing import SmsCapabilities, SmsGatewayConformance, Trouble
from tests.listening import nobody_listens
from tests.testing.http_gateway import HttpGateway, TextServer, running_server


class TestHttpGateway(SmsGatewayConformance):
    capabilities = SmsCapabilities(recognises=True)
    server: ClassVar[TextServer]
    running: ClassVar[AbstractContextManager[TextServer]]

    @classmethod
    def setup_class(cls) -> None:
        cls.running = running_server()
        cls.server = cls.running.__enter__()

    @classmethod
    def teardown_class(cls) -> None:
        cls.running.__exit__(None, None, None)

    @contextmanager
    def open(self) -> Iterator[HttpGateway]:
        self.server.taken.clear()
        yield HttpGateway(self.server.url)

    def peek(self, gateway: Any, number: str) -> Sequence[str]:
        return [text for to, text in self.server.taken.values() if to == number]

    def trouble(self, gateway: Any, trouble: Trouble, about: str = "") -> AbstractContextManager[None]:
        return self.server.in_trouble(trouble, about)

    @contextmanager
    def open_unreachable(self) -> Iterator[HttpGateway]:
        with nobody_listens() as port:
            yield HttpGateway(f"http://127.0.0.1:{port}")
