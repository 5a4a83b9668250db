"""Who gets which desktop of a pool, and when nobody has it any more. Pure.

* `facts`: the desktops of pools at this moment; `choice`: which one a person gets, or why none; `doubts`: whose they are, after
  a backup was restored.

May import `survey`, `inputs` and `pacing`. `reconciler/lend_desk` makes durable what is decided.
"""
