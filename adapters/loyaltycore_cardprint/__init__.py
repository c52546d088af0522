"""Cards printed by a vendor over HTTP.

`HttpCardPrinter` speaks the contract that lies beside this file as ``cardprint.openapi.yaml``. The extra ``cardprint``
brings what it needs.
"""

from loyaltycore_cardprint.printer import HttpCardPrinter
from loyaltycore_cardprint.rules import PRINTABLE

__all__ = ["PRINTABLE", "HttpCardPrinter"]
