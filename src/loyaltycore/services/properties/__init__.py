"""Properties of customers: what there is, and who has it."""
