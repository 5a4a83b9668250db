"""Virtual time: the event heap (`events`), `processes` on it, a `clock` for other programs, and chance by hash of seed and
subject.

The ground floor of the twin: it knows no cluster. `pump` drives the heap by the clock. `draws` and `chance` hash what is
drawn, so a change elsewhere does not reshuffle it.
"""
