"""`why`: why something is as it is.

`command`: for whom and about what; `seat` (a desktop, a person), `places` (a wave, a node, a cluster, a pool), `lent` (a
desktop of a pool).
"""
