"""Decides what to do, pure: values in, values out. No I/O, no clock, no randomness; ties break by name.

Its folders are layers, listed from the top down; imports run downward only:

    report/ | orders/     the facts shown after a cycle: status, desktop states, drift | orders: why refused, when over
    eta/                  when each wave will be ready, and what makes it late
    steps/                the next action for each desktop, or why there is none
    safety                the gate between the plan and its execution
    targets/              the level that each desktop is to reach, and why
    autoscale/            how many desktops a pool is to have
    lending/              who gets which desktop of a pool, and when it is free again
    survey/               the state of each desktop: phase, owner, next session reading
    demand/ | placement/ | rests/  who gets a desktop | where there is room for it | whose rests until when
    roster/ | inputs      whether a reading of the directory is accepted | the inputs of a plan
    rotation/             who has a desktop in which half-day

May import `pacing`, `ledger`, `ports`, `pve`, `model` and `errors`. It must not import `execution`, `adapters`,
`storage_advice` or `twin`.

To add a rule: in the file of its subject, with a reason for everything that is deferred (`Draft.defer`). To add a fact that
plans depend on: a field of `inputs.Situation`.

* The task list is read after the listing, so a VM locked `clone` is a leftover only if no clone task has ended lately
  (`inputs.is_leftover`).
"""
