"""What a step of a process does when it is done: one module for each type of step."""
