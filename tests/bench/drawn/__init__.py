"""Clusters drawn by a seed, which nobody has tuned for: the judge of pacing and placement.

`ranges`: from what, and why from that. `shape`: a cluster drawn from them. `hardware`: its nodes and storages.
`splitting`: what the hardware allows, each node at its own speed. `run`: the default settings on many, compared with the best
fixed limits and with that bound.
"""
