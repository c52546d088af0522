"""Cards printed by a vendor over HTTP, and a preview of the card as a PDF.

`HttpCardPrinter` speaks the contract that lies beside this file as ``cardprint.openapi.yaml``. The extra ``cardprint``
brings what it needs; `loyaltycore_cardprint.preview.render_card` needs the extra ``preview`` alone.
"""

from loyaltycore_cardprint.printer import HttpCardPrinter
from loyaltycore_cardprint.rules import PRINTABLE

__all__ = ["PRINTABLE", "HttpCardPrinter"]
