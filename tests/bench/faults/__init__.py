"""Each fault that a hostile look found, for an hour of virtual time: the real core on a twin, and what it made of the fault.

`cases_a` and `cases_e` say what happens, and which words the reason has; `scene` plays one; `run` makes the rows.
"""
