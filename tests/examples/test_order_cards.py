"""The main example ends well, and takes its processes down when it is interrupted."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from tests.bounded import line_with, running
from tests.docs.pages import ROOT, tool
from tests.examples.running import EXAMPLES, TEXT, assert_shown, run

SCRIPT = "order_cards/run.py"
IMAGES = ROOT / "docs" / "images"
OF_OTHERS = {"booking-page.png", "compare-customers.png", "simulated-club.svg", "till.png"}
MOST_BYTES = 60_000


def test_everybody_gets_a_card(tmp_path: Path) -> None:
    """Within a minute all customers have their cards, every check holds, and what it says stands in the databases."""
    ended = run(SCRIPT, tmp_path, patience=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    checks = re.findall(r"^  (ok|FAILED) +(.+)$", ended.stdout, re.MULTILINE)
    assert len(checks) == 13
    assert {verdict for verdict, _ in checks} == {"ok"}
    assert "110 customers, 109 cards" in ended.stdout
    (folder,) = (tmp_path / "demo-output").iterdir()
    assert len(re.findall(r" delivered$", ended.stdout, re.MULTILINE)) == 107
    with closing(sqlite3.connect(folder / "vendor.db")) as vendor:
        prints = [reference for (reference,) in vendor.execute("SELECT reference FROM prints")]
    assert len(prints) == len(set(prints)) == 108
    assert len(list((folder / "mails").glob("*.eml"))) == 95
    assert (folder / "card.pdf").read_bytes().startswith(b"%PDF")
    # Card numbers are as good as money: the screen shows four digits.
    assert not re.search(r"\d{13}", ended.stdout.replace(str(folder), ""))
    assert_shown({SCRIPT: ended.stdout, TEXT.MAIL: TEXT.mail(folder)})
    _assert_pictured(folder, ended.stdout)


def _assert_pictured(folder: Path, printed: str) -> None:
    """The pictures of the documentation can be drawn from the run, and are as large as they were; all are small files."""
    drawn = tool("gallery_pictures").pictures(folder, printed)
    assert {path.name for path in IMAGES.iterdir()} == drawn.keys() | OF_OTHERS
    assert all(path.stat().st_size < MOST_BYTES for path in IMAGES.iterdir())
    for name, picture in drawn.items():
        with Image.open(IMAGES / name) as kept:
            assert kept.size == picture.size


def test_a_second_run_begins_afresh(tmp_path: Path) -> None:
    """Each run writes into a folder of its own, so that nothing of an earlier one is lost or in the way."""
    (tmp_path / "demo-output").mkdir()
    (tmp_path / "demo-output" / "mine.txt").write_text("keep", "utf-8")
    with _started(tmp_path) as process:
        line_with("handing over", process.stdout)
        process.terminate()
        process.wait(30)
    assert (tmp_path / "demo-output" / "mine.txt").read_text("utf-8") == "keep"
    assert len(list((tmp_path / "demo-output").iterdir())) == 2


@pytest.fixture
def _interrupts_are_heard() -> Iterator[None]:
    """A test run that a shell put into the background ignores Ctrl-C, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interrupts_are_heard")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_takes_its_processes_down(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Interrupted while its workers work, it leaves no process behind and no trace on the screen."""
    with _started(tmp_path) as process:
        line_with("handing over", process.stdout)
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        output, _ = process.communicate(timeout=40)
    assert process.returncode == code
    assert "Traceback" not in output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The example in a process group of its own, of which nothing is left afterwards, whatever the test finds."""
    with running(
        [sys.executable, "-W", "error", str(EXAMPLES / SCRIPT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
