"""Each fault found in a hostile review, for an hour of virtual time: the real core on a twin, and how it handled the fault.

`cases_a` and `cases_e` describe the faults and the words of their reasons; `scene` plays one; `run` makes the rows.
"""
