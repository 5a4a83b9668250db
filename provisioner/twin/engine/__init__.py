"""engine: say here what it may do, and what it may not."""
