"""What the adapters that call vendors over HTTP share: calls that are bounded and say what they prove.

It is no adapter itself. What it needs comes with the extras of those that use it.
"""
