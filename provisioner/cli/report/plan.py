"""`bascule report plan`: what the last cycle ordered, and what not; with `--offline`, what a first cycle would do now."""

from collections import Counter
from collections.abc import Sequence

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import ACTION_COLUMNS, KIND_COLUMNS, action_kind_rows, action_row, vm_in
from provisioner.cli.documents import PLAN, ActionDocument, DeferralDocument, PlanDocument
from provisioner.cli.output import CONFIG, AllOption, ConfigOption, JsonOption, print_table, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.reason_lines import print_reasons, reason_in, tried_at
from provisioner.cli.watching import WatchOption
from provisioner.cli.why_parts import clock
from provisioner.reasons.reason import Reason
from provisioner.reasons.views import NOT_TOUCHED
from provisioner.texts.translate import N_, _, term

_SHOWN = 20


def plan(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    all_lines: AllOption = False,
    watch: WatchOption = "",
) -> None:
    """What the daemon's last cycle ordered and why, and what it did not order. Changes nothing.

    With `--offline`: what a daemon would order that starts now.
    """
    look = Look(config=config, socket=socket, offline=offline, json=json, watch=watch)
    show_document(PLAN, look, lambda document: show_plan(document, acted=not offline, all_lines=all_lines))


def show_plan(plan: PlanDocument, *, acted: bool, all_lines: bool) -> None:
    """Print what `plan` shows. `acted`: whether it was ordered; otherwise it is what would be."""
    counts = Counter(action["action"] for action in plan["actions"])
    orders = ", ".join(f"{count} × {term('order', action)}" for action, count in sorted(counts.items())) or _("nothing")
    if acted:
        say(_("the cycle of {at} ordered: {orders}", at=clock(plan["at"]), orders=orders))
    else:
        say(_("the next cycle would do: {orders}", orders=orders))
    _show_actions(plan["actions"], all_lines=all_lines)
    print_reasons(N_("waiting"), map(_waiting, plan["deferred"]), all_lines=all_lines)
    print_reasons(N_("stopped by the safety gate"), map(reason_in, plan["blocked"]))
    leftovers = (NOT_TOUCHED(vm=vm_in(leftover), why=reason_in(leftover["because"])) for leftover in plan["leftovers"])
    print_reasons(N_("not touched"), leftovers)


def _waiting(deferral: DeferralDocument) -> Reason:
    why, at = reason_in(deferral["because"]), deferral["retry_at"]
    return why if at is None else tried_at(why, at)


def _show_actions(actions: Sequence[ActionDocument], *, all_lines: bool) -> None:
    """Few actions, or with `--all`: a line for each. Many: a line for each kind, so that no kind hides the others."""
    if all_lines or len(actions) <= _SHOWN:
        print_table("", ACTION_COLUMNS, map(action_row, actions))
        return
    print_table("", KIND_COLUMNS, action_kind_rows(actions), numbers=("count",))
    say(_("one line for each kind of action: `bascule report plan --all` lists all {count} actions", count=len(actions)))
