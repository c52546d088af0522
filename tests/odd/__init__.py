"""Arguments that nobody means: what they may not do, whoever gives them to whom."""
