"""Chaos: small random clusters in virtual time, all that can go wrong at random instants, and what must hold anyway.

`python -m tests.chaos --seeds 1-200` plays some; a failing seed prints its trace and is replayed by `--seed N`.
"""
