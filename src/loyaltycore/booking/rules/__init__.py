"""Rules of online booking: hours, the grid of a planner, what stands in the way of an appointment."""
