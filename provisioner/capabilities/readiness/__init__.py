"""Standing readiness and drills: which part of the people would have their desktop in time, and what came of trying it.

* `history`: what is kept of both.
"""
