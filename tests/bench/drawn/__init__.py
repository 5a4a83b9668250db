"""Clusters drawn by a seed, which nobody has tuned for: the judge of pacing and placement.

`ranges`: from what, and why from that. `shape`: a cluster drawn from them. `hardware`: its nodes and storages.
`splitting`: what the hardware allows, each node at its own speed. `descent`: the best fixed limits. `run`: the default settings
on many shapes, compared with both.
"""
