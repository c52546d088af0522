"""A vendor that is killed again and again: no order is lost, and no card is made twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from loyaltycore.kernel.printing import PrintOrder
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import running_vendor

from .values import a_key, an_order

ORDERS = 50
KILLS = 3


def test_no_order_is_lost_and_none_is_made_twice(tmp_path: Path) -> None:
    """Fifty orders by four threads, the vendor killed three times under way and moving its cards all the while."""
    orders = [an_order() for _ in range(ORDERS)]
    outcomes: list[DeliveryStatus] = []
    with running_vendor(database=tmp_path / "vendor.db", step_seconds=0.01) as vendor:
        printer = HttpCardPrinter(base_url=vendor.url, token=vendor.token, timeouts=(1, 2))
        progress = threading.Semaphore(0)

        def deliver(order: PrintOrder) -> str:
            while True:
                receipt = printer.submit(order, a_key(order)).receipt
                outcomes.append(receipt.status)
                if receipt.status is DeliveryStatus.ACCEPTED:
                    progress.release()
                    return receipt.vendor_id
                time.sleep(0.02)

        with closing(printer), ThreadPoolExecutor(4) as pool:
            accepted = [pool.submit(deliver, order) for order in orders]
            for _ in range(KILLS):
                for _ in range(ORDERS // (KILLS + 1)):
                    progress.acquire()
                vendor.kill()
                vendor.restart()
            ids = [future.result() for future in accepted]
            assert set(outcomes) <= {
                DeliveryStatus.ACCEPTED,
                DeliveryStatus.UNKNOWN,
                DeliveryStatus.NOT_SENT,
            }
            assert [status for status in outcomes if status is not DeliveryStatus.ACCEPTED]
            found = [printer.find(order.reference) for order in orders]
            assert [status.vendor_id for status in found if status] == ids
            end = time.monotonic() + 10
            while len(vendor.prints()) < ORDERS and time.monotonic() < end:
                time.sleep(0.05)
            assert sorted(vendor.prints()) == sorted(order.reference for order in orders)
