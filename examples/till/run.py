"""Serves the till on this machine until Ctrl-C.

    python examples/till/run.py

It prints an address, the number of a card and two codes to try. Everything is kept in memory.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import socket
import sys
from pathlib import Path

from waitress import serve

if __name__ == "__main__":
    # Run as a script, the folder of the script comes first on the path; the package lies in the one above.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from loyaltycore import Loyalty
from loyaltycore.memory import MemoryStorage
from loyaltycore.vouchers import CodeKey
from till.app import make_app
from till.shop import enter_customer, set_up


def main() -> None:
    """Serve a shop with one customer."""
    parser = argparse.ArgumentParser(description="A till in a browser.")
    parser.add_argument("--port", type=int, default=8081, help="0 for any that is free (8081)")
    parser.add_argument("--clerk", default="bert", help="who works at it (bert)")
    options = parser.parse_args()
    loyalty = Loyalty(MemoryStorage(), code_keys=[CodeKey("demo", secrets.token_urlsafe(32))])
    set_up(loyalty)
    erika = enter_customer(loyalty)
    app = make_app(loyalty, clerk=options.clerk)
    try:
        listener = socket.create_server(("127.0.0.1", options.port))
    except OSError as error:
        why = f"cannot listen at port {options.port} ({error.strerror})"
        raise SystemExit(f"{why}: take another one with --port") from None
    print(f"The till stands at   http://127.0.0.1:{listener.getsockname()[1]}/")
    print(f"A card to scan:      {erika.card}")
    print(f"50 EUR to pay with:  {erika.gift}")
    print(f"A fifth off frames:  {erika.fifth}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    serve(app, sockets=[listener], threads=4)


if __name__ == "__main__":
    main()
