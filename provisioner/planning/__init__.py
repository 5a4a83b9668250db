"""Decides what to do, pure: values in, values out. No I/O, no clock, no chance; ties break by name."""
