"""``python -m loyaltycore.cli``: the same as ``loyaltycore``."""

from __future__ import annotations

import sys

from loyaltycore.cli.program import main

sys.exit(main())
