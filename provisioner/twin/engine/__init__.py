"""Virtual time: the event heap, processes on it, a clock for other processes, and chance by hash of seed and subject.

The ground floor of the twin: it knows no cluster. `draws` and `chance` hash what is drawn, so a change elsewhere does not
reshuffle it.
"""
