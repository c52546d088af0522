"""The conformance tests of the card printer port, by subject; `loyaltycore.testing.card_printer` puts them together."""
