"""Prices: what an order costs under rules, worked out purely, to the last cent of each unit, with a reason for each rule.

`engine.quote` serves till, server, settlement and simulation alike.
"""
