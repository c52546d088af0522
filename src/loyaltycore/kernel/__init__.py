"""Values and rules that belong to no capability. Nothing here knows a clock, an id generator, a database or a network."""
