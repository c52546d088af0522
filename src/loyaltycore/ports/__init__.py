"""The ports: what the library asks of the world, as protocols whose docstrings are the contract.

An adapter implements one protocol. A released port never gains a method: a new power is a new protocol of one method
beside it. The conformance tests in `loyaltycore.testing` hold any adapter to the sentences written here.
"""
