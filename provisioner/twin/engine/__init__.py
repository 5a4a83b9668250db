"""Virtual time: the event heap (`events`), `processes` on it, a `clock` for other programs, and draws by hash.

The bottom layer of the twin: it knows no cluster. `pump` drives the heap by the clock. `draws` and `chance` hash the seed and
the subject of a draw, so a change elsewhere does not change the other draws.
"""
