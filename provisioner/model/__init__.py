"""Frozen values and the pure functions that belong to one value. Standard library only: no I/O, no clock, no chance."""
