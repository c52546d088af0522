"""Adapters that are wrong in one way each: the conformance suites are tested with them.

A suite that lets one of these pass proves nothing about the adapters that it lets pass.
"""
