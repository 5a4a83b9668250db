"""Real servers on loopback for tests marked `real`: context managers that start one, wait for it and end it."""
