"""Random histories of a directory, played to the daemon: `python -m tests.histories COUNT` plays more than `make test` does.

* `world`: the people as they are, and the entries that an administration keeps of them;
* `happenings`: what an administration does to the entries, by mistake or on purpose;
* `operator`: says the truth of whoever is held, and nothing of others;
* `mutants`: takes each rule away from a copy of the sources;
* `history`: plays it, and compares after each reading who has which desktop with who had it first.
"""
