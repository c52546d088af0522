"""Adapters that are wrong in one way each: the suites are tested with them, and so is a suite of your own.

A suite that lets one of these pass proves nothing about the adapters that it lets pass.
"""
