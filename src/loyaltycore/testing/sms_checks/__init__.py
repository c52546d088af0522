"""The tests of the suite for text messages, by subject."""
