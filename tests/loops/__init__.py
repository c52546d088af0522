"""The library under event loops, and its verbs in threads."""
