"""Orders a card for every customer of a small chain of opticians, with everything real but the people.

    python examples/order_cards/run.py

Two tables of customers are imported into an SQLite database. Mails go to an SMTP server and print orders to a card
vendor, each a process of its own; two more processes work through the outbox, and the vendor reports by signed
webhooks. At the end stands a table of all customers with their cards, and the program checks itself: it ends with 0
only if everything came out as it should.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script, the folder of the script comes first on the path; the package lies in the one above.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from order_cards.story import main

    sys.exit(main())
