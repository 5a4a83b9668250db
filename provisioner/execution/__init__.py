"""Carries plans out. All of it is pure but `thread_runner`, which does the waiting.

* `executor`: what is under way, and what each end means; `completion`: when an observation shows that an action has ended;
* `retries`: what a failure means for the next try; `common_causes`: what several fail by; `circuit_breakers`: what one
  answer says of a whole cluster or storage;
* `order_changes`, `end_changes`, `view_changes`: what orders, their ends and what is seen change in the store;
  `clock_changes`: what a clock that was ahead has dated later than now, as the store is taken up;
* `thread_runner`: commands on threads, against real servers.

May import `pacing`, `ledger`, `ports`, `actions`, `pve`, `model`, `errors`; not planning, adapters or the twin.

To add an action: see "an action" in ARCHITECTURE.md. To add an error: its class in `errors`, its row in `retries`,
docs/failures.md.

* An action that changes a VM ends when an observation *shows* its effect, Configure too: an observation sent before it
  would show the desktop without its tags.
* A delete ends when a listing no longer shows the VM, also if Proxmox VE said that it does not exist: it may have been
  moved.
* `freeze` is asked right before each write (`actions.client`), so it stops what is queued as well.
* A report of a guest counts for one boot only: a start order makes the kept one void, durably, before it is sent.
"""
