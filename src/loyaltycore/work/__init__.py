"""How a verb runs: in one unit of work, again if it lost a race, once under its key."""
