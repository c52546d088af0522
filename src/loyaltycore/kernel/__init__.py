"""The rules: pure functions over frozen values, one package per capability.

No module below this one knows a clock, an id generator, a database or a network. Whatever can be decided without a
port is decided here, and tested here with properties.
"""
