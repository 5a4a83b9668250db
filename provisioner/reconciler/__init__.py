"""The control loop. One thread owns all state; it submits commands and receives their completions.

It does not know whether threads or an event heap (a twin, in virtual time) carry the commands out.

* `loop` is the only loop, `reconciler` its state from outside: orders in, completions in, commands out; `parts` holds the
  state, `cycle` is one cycle; `rules_in_force`: by which configuration it decides; `status_board`: what it publishes;
* state: `durable_state` (the copy of the store), `in_flight`, `operator_intents`, `orders` (what the API hands in, checked;
  `fence`: sets aside what fails), `hastening` and `trials` (when one ends), `rekeying`, `surge` (its run); `session_intake`
  (what desktops say by push and by pull), `first_boots` (what they may have when they ask), `session_orders` (what they are to
  do with sessions; `desk_sessions`: what a help desk has ordered about these); `lend_desk` (who has which desktop of a pool)
  and `arrival_book` (how many people ask);
* `known_boots` (what pushes are judged by), `session_places` (the groups that the sessions of a desktop count in),
  `session_news` (shows pushes between two cycles);
* readings: `observations`, `observation_schedule` (when, and what), `reading_queue` (questions to desktops that wait for their
  node), `roster_readings`, `roster_sync`, `said_orders` (who is listed under an id), `action_ends` (logs, measured boots).

What is wanted, refused, lent or over is decided in planning, as values; what is here keeps them in the store, and says so.
May import planning, execution, pacing, sessions, `ledger`, `ports`, `settings`, `pve`, `model`, `errors`; no adapter, no twin.

To add an intent: what its target may be, in `orders`. If it is done once: a method of `operator_intents`, which carries it out
and withdraws it. To add a command that reads: `Reconciler.commands` submits it, `Reconciler.take_in` takes its answer.

* The run of a surge is stored: a restart does not begin the waves again. An order about it is carried out at once.
* Reports are stored by the next cycle, together: there are hundreds, and each would be a transaction.
* Changed entitlements and a changed scenario are in force only after the guard has accepted them. `Reconciler.config` is the
  configuration in force.
* `roster_sync` remembers readings as the directory gave them, before the guard merged them. After an hour it has everything
  read again, to confirm them.
"""

from provisioner.reconciler.loop import run
from provisioner.reconciler.orders import Order
from provisioner.reconciler.reconciler import Reconciler

__all__ = ["Order", "Reconciler", "run"]
