"""What a cycle's end shows: made from the survey and the plan, and deciding nothing.

* `status`: everything that metrics, log and commands read (`model/status`); `desktop_states`: each desktop in words;
* `drift`: where the clusters differ from the store; `preparations`: how far desktops made ahead of need are.

The top floor of planning: it may import all the others. To add a fact for a metric or a command: a field of
`model/status.Status`, filled in `status`.
"""
