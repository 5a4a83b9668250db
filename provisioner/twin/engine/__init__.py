"""Virtual time: the event heap and processes on it (`events`), and draws by hash.

The bottom layer of the twin: it knows no cluster. `draws` hash the seed and the subject of a draw, so a change elsewhere does
not change the other draws.
"""
