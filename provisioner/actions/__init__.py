"""One file an action: what it asks of Proxmox VE, how its end shows, and what a failure of it means.

* `spec`: what differs from one action to another, and what drivers hand in; `registry`: which spec is an action's;
* `client`: every action and question on one cluster, behind any way of sending a request; adapter and twin are built on it;
* `causes`: what several actions fail by alike;
* every other file: the one action that it is called by.

May import `pve`, `model` and `errors`: values in, values out. Whoever carries actions out (threads, virtual time) runs
`registry.operation_of`; whoever judges them (completion, retries, the gate, pacing) reads the spec. Neither names an action.

To add an action: its value in `model/actions` (and in `Action` there), its file here, called by its word, and the step that
plans it (`planning/steps`).
"""
