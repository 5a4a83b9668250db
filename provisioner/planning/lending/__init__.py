"""Who gets which desktop of a pool, and when nobody has it any more. Pure: a proposal for each order and each cycle.

* `facts`: the desktops of pools at this moment; `choice`: which one a person gets, or why none; `draft`: a proposal, step by
  step; `orders`: what comes of an order; `rounds`: of each cycle, with leases in doubt after a backup was restored;
  `half_days`: who is handed which desktop in a rotation, and who waits.

May import `survey`, `inputs`, `rotation` and `pacing`. `reconciler/lend_desk` makes proposals durable.
"""
