"""A process that has loaded everything already and forks children, so that many of them can be started and killed.

The process has one thread, so forking it is safe, and it ends with its standard input, taking its children along.
What children do stands in `tests.faults.children`.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from attrs import field, frozen

from tests.bounded import end
from tests.faults.effort import LONG

_ROOT: Final = Path(__file__).parents[2]
_CHILDREN: Final = "tests.faults.children"

_OVERDUE: Final = -1

KILLED: Final = -signal.SIGKILL
"""How a child ends that was killed."""


@frozen
class Child:
    """A running child."""

    pid: int
    """The number of its process."""
    _answer: Path = field(repr=False)
    _house: Prefork = field(repr=False)

    def kill(self) -> int:
        """Kill it without a warning, at whatever it is doing; answers how it ended."""
        os.kill(self.pid, signal.SIGKILL)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; answers its exit code, negative for a signal."""
        status = self._house.ask({"wait": self.pid})
        assert status != _OVERDUE, f"killed, because it did not end within {LONG:g} s"
        return os.waitstatus_to_exitcode(status)

    def result(self) -> Any:
        """Wait for its end, and answer what its function returned."""
        ended = self.ended()
        assert ended == 0, f"a child ended with {ended}; {self._house.log.read_text('utf-8')}"
        return json.loads(self._answer.read_text("utf-8"))


class Prefork:
    """The test's end; as a context manager it runs while the block lasts."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "children.log"
        """What the children write to their standard error."""
        self._folder = folder
        self._lock = threading.Lock()
        self._started = 0

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(LONG)
        finally:
            end(self._process)

    def start(self, work: str, *arguments: Any) -> Child:
        """Fork a child that calls a function of `tests.faults.children` with these arguments."""
        self._started += 1
        answer = self._folder / f"answer-{self._started}.json"
        pid = self.ask({"start": work, "arguments": arguments, "answer": str(answer)})
        return Child(pid, answer, self)

    def end_all(self) -> int:
        """Kill every child that is left; answers how many."""
        return self.ask({"end": "all"})

    def ask(self, order: dict[str, Any]) -> int:
        """Send one order and read the number that answers it."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, f"the forking process has ended; {self.log.read_text('utf-8')}"
        return int(line)


def main() -> None:
    """Serve until the standard input ends."""
    sys.path.append(str(_ROOT / "examples"))  # where the host's capability lies
    module = importlib.import_module(_CHILDREN)
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            answer = _fork(module, order)
            running.add(answer)
        elif "wait" in order:
            answer = _wait(order["wait"])
            running.discard(order["wait"])
        else:
            answer = _end(running)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    _end(running)


def _wait(pid: int) -> int:
    """How a child ended; one that does not end is killed."""
    overdue = []

    def give_up(*_: object) -> None:
        overdue.append(pid)
        os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, LONG)
    _, status = os.waitpid(pid, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return _OVERDUE if overdue else status


def _end(running: set[int]) -> int:
    count = len(running)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    running.clear()
    return count


def _fork(module: Any, order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    # Whatever happens in here, the loop of `main` must not go on in the child.
    ended = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        result = getattr(module, order["start"])(*order["arguments"])
        Path(order["answer"]).write_text(json.dumps(result), "utf-8")
        ended = 0
    except BaseException:  # noqa: BLE001  the child ends here, and says why in the log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(ended)


if __name__ == "__main__":
    main()
