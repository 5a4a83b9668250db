"""The facts shown after a cycle: made from the survey and the plan, without any decision.

* `status`: everything that metrics, log and commands read (`model/status`); `desktop_states`: each desktop in words,
  and `passing`: what of that changes by itself; `session_news`: the last one, with what desktops have pushed since;
* `drift`: where the clusters differ from the store; `left_behind`: of that, what no listing shows;
* `preparations`: progress of desktops made ahead of need;
  `progress`: of a run, for its report; `pools`: desktops that are lent;
* `locks`: the storage locks that clones wait at;
* `capacities`: how many more desktops fit, after the loss of each node too, and what would add most.

The highest layer of planning: it may import all others. To add a fact for a metric or a command: a field of
`model/status.Status`, filled in `status`.
"""
