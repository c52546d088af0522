"""Cards printed by a vendor over HTTP.

`HttpCardPrinter` follows the contract in ``cardprint.openapi.yaml`` beside this file. The extra ``cardprint`` installs
what it needs.
"""

from loyaltycore_cardprint.printer import HttpCardPrinter
from loyaltycore_cardprint.rules import PRINTABLE

__all__ = ["PRINTABLE", "HttpCardPrinter"]
