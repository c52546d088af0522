"""Use cases, by capability: load values, ask the rules, carry out what they answer, in one transaction."""
