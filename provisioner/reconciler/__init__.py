"""The control loop: one thread owns all state; it issues commands and receives their completions.

Whether threads or an event heap carry them out, it does not know.

* `loop` is the only loop, `cycle` one cycle;
* state: `rekeying`, `durable_state` (the copy of the store), `in_flight`, `node_absences`, `operator_intents`, `surge`,
  `store_rebuild`;
* looking: `observation_schedule`, `observation_request`, `roster_readings`, `roster_sync`, `judging` (what is in force, and
  what would be), `task_logs`.

May import planning, execution, pacing, `ledger`, `ports`, `settings`, `pve`, `model`, `errors`; no adapter and no twin.

* A surge's beginning is kept as an intent: a restart of the daemon does not begin the waves again.
* A report is kept by the next cycle, not as it comes (`durable_state`): hundreds come, and each would be a transaction.
* Entitlements and scenario are in force only once the guard has believed them: `Reconciler.config` is what is configured, but
  for those.
* `roster_sync` keeps readings as they came, not as the guard merged them, and has everything read again after an hour, as
  the proof.
"""

from provisioner.reconciler.cycle import Reconciler
from provisioner.reconciler.judging import in_force_of, judge_reading, order_in
from provisioner.reconciler.loop import run
from provisioner.reconciler.surge import surge_began

__all__ = ["Reconciler", "in_force_of", "judge_reading", "order_in", "run", "surge_began"]
