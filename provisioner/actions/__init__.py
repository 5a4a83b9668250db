"""One file for each action: its requests to Proxmox VE, how its end is recognised, and what a failure means.

* `spec`: the properties in which actions differ, and the context of an operation; `registry`: the spec of each action;
* `client`: all actions and queries on one cluster, over any transport; the adapter and the twin are built on it;
* `causes`: common causes, when several actions fail alike;
* every other file: the action of that name.

May import `pve`, `model` and `errors`: values in, values out. Drivers (threads, virtual time) run `registry.operation_of`.
Completion, retries, the gate and pacing read the spec. None of them names an action.

To add an action: its value in `model/actions` (and in `Action` there), its file here, named by its word, and the step that
plans it (`planning/steps`).
"""
