"""Decides what to do, pure: values in, values out. No I/O, no clock, no randomness; ties break by name.

Its folders are floors, from the top down, and imports run downward only:

    report/               what a cycle's end shows: status, desktop states, drift, preparations
    steps/                the next action for each desktop, or the reason why there is none
    safety                the gate between a plan and acting on it
    targets/              what is to become of each desktop, and why
    survey/               what each desktop is: its phase, whose it is, when it is read next
    demand/ | placement/  who is to have a desktop | where there is room for it
    roster/ | inputs      whether a reading of the directory is believed | what a plan is made from

May import `pacing`, `ledger`, `ports`, `pve`, `model` and `errors`. `execution`, `adapters`, `storage_advice` and `twin`
stand beside it and are not known here.

To add a rule: the file of its subject, with a reason for everything that is not done (`Draft.defer`). To add a fact that
plans rest on: a field of `inputs.Situation`.

* The task list is read after the listing, so a VM locked `clone` is a leftover only if no clone task has ended lately
  (`inputs.is_leftover`).
"""
