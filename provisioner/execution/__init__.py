"""Carries out plans. Everything is pure, except `thread_runner`, which waits.

* `executor`: the actions under way, and the effects of their ends; `completion`: the outcome that an observation shows;
* `retries`: the next try after a failure; `common_causes`: failures of several desktops with one cause; `circuit_breakers`:
  answers that stop a whole cluster or storage;
* `order_changes`, `end_changes`, `view_changes`: what orders, their ends and observations change in the store;
  `clock_changes`: stored times in the future, put right when the store is loaded;
* `thread_runner`: commands on threads, against real servers.

May import `pacing`, `ledger`, `ports`, `actions`, `pve`, `model`, `errors`; not planning, adapters or the twin.

To add an action: see "an action" in ARCHITECTURE.md. To add an error: its class in `errors`, its row in `retries`,
docs/en/failures.md.

* An action that changes a VM ends when an observation *shows* its effect. This includes Configure: an observation sent before
  it would show the desktop without its tags.
* A delete ends when a listing no longer shows the VM, even if Proxmox VE answered that it does not exist: it may have moved.
* The freeze is checked right before each write (`actions.client`), so it stops queued actions too.
* A guest's report is valid for one boot: a start order voids the stored report, durably, before it is sent.
"""
