"""The reconciler, unchanged, on twins in virtual time: a night's switch in seconds. It writes to no cluster and to no store.

* `mirror` makes a twin of a cluster as observed; `rehearse` runs it; `forecast` and `levels` are what it came to;
* `bound`: what the hardware allows at best; `storage_trials`: clones under one lock.

May import the reconciler, planning, execution, the twin and what is below them. What a rehearsal must do otherwise than the
daemon is a fault of one of them, not a special case here.
"""
