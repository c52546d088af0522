"""Serves the till on this machine until Ctrl-C.

    python examples/till/run.py

It prints an address and three requests to try.
"""

from __future__ import annotations

import argparse
import secrets
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
from till.app import Till
from till.shop import set_up

_TRY = """\
curl {address}/quote -d '{{"number": "R-1", "lines": [{{"article": "cloth", "quantity": 3}}]}}'
curl {address}/settle -d '{{"number": "R-1", "customer": "{customer}", "lines": [{{"article": "P-GIFT"}}]}}'
curl {address}/refund -d '{{"order": "R-1", "number": "G-1"}}'
"""


def main() -> None:
    """Serve a shop in memory, with one customer."""
    parser = argparse.ArgumentParser(description="A till that speaks JSON over HTTP.")
    parser.add_argument("--port", type=int, default=8081, help="0 for any that is free (8081)")
    port = parser.parse_args().port
    loyalty = Loyalty(MemoryStorage(), code_keys=[CodeKey("demo", secrets.token_urlsafe(32))])
    set_up(loyalty)
    customer = loyalty.session("anna").customers.create(last_name="Walk-in")
    loyalty.session("anna").programs.assign(customer.id, "club")
    listener = socket.create_server(("127.0.0.1", port))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(f"The till answers at {address}\n{_TRY.format(address=address, customer=customer.id)}", flush=True)
    serve(Till(loyalty), sockets=[listener], threads=4)


if __name__ == "__main__":
    main()
