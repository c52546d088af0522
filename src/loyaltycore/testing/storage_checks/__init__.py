"""The conformance tests of the storage port, by subject; `loyaltycore.testing.storage` puts them together."""
