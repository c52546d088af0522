"""Serves the page on this machine until Ctrl-C.

    python examples/booking_page/run.py

Customers book at the first address that it prints, the staff work at the second. What customers are mailed is written
into a folder, and the staff pages show it.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script, the folder of the script comes first on the path; the package lies in the one above.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from booking_page.serving import main

    main()
