"""How a verb runs: in one unit of work, again where it lost a race, once under its key."""
