"""The tests of the conformance suite for message renderers."""
