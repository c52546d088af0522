"""What hosts and authors of adapters test with (extra `testing`).

An adapter is held to its port by a class that its author subclasses:

    from contextlib import nullcontext

    from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance
    from shop_storage import ShopStorage

    IN_MEMORY = Lacks("it lives as long as its object")

    class TestShopStorage(StorageConformance):
        capabilities = StorageCapabilities(
            durable=IN_MEMORY, shared=IN_MEMORY, peekable=IN_MEMORY, unreachable=IN_MEMORY
        )

        def open(self):
            return nullcontext(ShopStorage())

pytest does the rest: no conftest, no fixture. `storage`, `mailer`, `sms`, `card_printer` and `calendar` have a class
each, `machine` drives any storage and the one in memory through the same steps, and `strategies` has hypothesis
strategies for values and records.
"""
