"""``loyaltycore deliver``: hands over what waits in the outbox."""

from __future__ import annotations

import argparse
import logging
import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.numbers import count, seconds
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import complain, log_to_stderr, say
from loyaltycore.cli.stopping import Wish, wish_to_stop
from loyaltycore.loyalty import Loyalty
from loyaltycore.outbox import DeliveryReport

_LOOK: Final = 0.1
"""Seconds between two checks for a request to stop."""

_log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    add("--watch", action="store_true", help="go on until SIGTERM or Ctrl-C; ends after the message in hand")
    add("--poll", type=seconds, default=1.0, metavar="SECONDS", help="pause between two looks (1)")
    add("--workers", type=count, default=1, metavar="N", help="how many work at once in this process (1)")
    parser.epilog = (
        "Any number of processes may run at once, on several machines: none takes what another one holds."
    )


def run(options: argparse.Namespace) -> int:
    """Deliver once, or until asked to stop."""
    log_to_stderr()
    with wish_to_stop() as wish, open_loyalty(options.config) as loyalty:
        kinds = loyalty.worker().kinds
        if not kinds:
            complain(f"{options.config}: nothing can be delivered without a mailer, sms or card_printer")
            return 2
        _log.info("delivering %s with %d worker(s)", ", ".join(kinds), options.workers)
        report = _run_workers(loyalty, options, wish)
    say(
        f"{report.done} handed over, {report.again} put back, {report.dead} given up, {report.withdrawn} withdrawn"
    )
    for kind, reason in report.paused:
        complain(f"{kind} had to wait: {reason}")
    return 1 if report.dead or report.paused else 0


def _run_workers(loyalty: Loyalty, options: argparse.Namespace, wish: Wish) -> DeliveryReport:
    stop = threading.Event()
    with ThreadPoolExecutor(options.workers) as pool:
        workers = [loyalty.worker() for _ in range(options.workers)]
        if options.watch:
            tasks = [pool.submit(worker.watch, stop, poll_seconds=options.poll) for worker in workers]
        else:
            tasks = [pool.submit(worker.run_pass, stop=stop) for worker in workers]
        try:
            _wait_for(tasks, wish)
        finally:
            stop.set()
    total = DeliveryReport()
    for task in tasks:
        total = _added(total, task.result())
    return total


def _wait_for(tasks: list[Future[DeliveryReport]], wish: Wish) -> None:
    """Return when all are done, one has failed, or the command is asked to stop."""
    while not wish.made:
        done, open_ = wait(tasks, timeout=_LOOK, return_when=FIRST_EXCEPTION)
        if not open_ or any(task.exception() for task in done):
            return
    _log.info("ending after the messages in hand")


def _added(total: DeliveryReport, report: DeliveryReport) -> DeliveryReport:
    """Add the counts up; the reasons are those of the last pass."""
    return DeliveryReport(
        done=total.done + report.done,
        again=total.again + report.again,
        dead=total.dead + report.dead,
        withdrawn=total.withdrawn + report.withdrawn,
        paused=report.paused,
    )


COMMAND: Final = Command(
    "deliver", "hand over what waits in the outbox: mails, texts, print orders", configure, run
)
