"""Chaos: small random clusters, faults at random instants, and the invariants that must hold.

`python -m tests.chaos --seeds 1-200` plays some in virtual time, `--http --seeds 1-5` over real sockets; a failing seed is
replayed by `--seed N`, with its trace. `--hostile` plays two lives of one site, in one of which a desktop lies (`hostile`).
"""
