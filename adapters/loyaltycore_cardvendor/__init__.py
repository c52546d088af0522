"""A card vendor to develop and test against: a separate process that keeps the contract and never prints twice.

It takes orders over HTTP, moves them on by time or by `control`, signs webhooks and repeats them, and survives being
killed. It prints only rows of its table ``prints``, one for every card, so that a test can count them. From the command
line: ``python -m loyaltycore_cardvendor``.

It needs no extra and imports nothing of the library, so that client and vendor are two readings of one contract.

Example:
    >>> with running_vendor() as vendor:
    ...     vendor.prints()
    []
"""

from loyaltycore_cardvendor.running import RunningVendor, VendorFailed, new_secret, running_vendor
from loyaltycore_cardvendor.sender import sign

__all__ = ["RunningVendor", "VendorFailed", "new_secret", "running_vendor", "sign"]
