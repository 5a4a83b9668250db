"""Commands that look for themselves, without the daemon: `plan`, `desktops`, `journal`, and `status --offline`. `agents` and
`node list` use the same functions.

What could not be observed is reported on standard error, with exit code 3: a partial view must not pass for a complete one.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import access_to_store
from provisioner.cli.output import CONFIG, AllOption, ConfigOption, JsonOption, complain, print_json, print_table, say
from provisioner.cli.status_rows import (
    action_kind_rows,
    action_row,
    desktop_row,
    journal_row,
    plan_document,
)
from provisioner.daemon.composition import outside_of
from provisioner.daemon.keeping import store_of
from provisioner.daemon.offline_status import OfflineStatus, look_offline
from provisioner.errors import SettingsError
from provisioner.model.actions import Action
from provisioner.model.status import Status
from provisioner.reasons.commands import NO_DESKTOP_NO_LINE
from provisioner.reasons.grouping import Group, grouped
from provisioner.reasons.views import NOT_TOUCHED
from provisioner.settings.bascule import load_settings
from provisioner.texts.translate import N_, _, headings, plural, term

_SHOWN_ACTIONS = 20
_SHOWN_REASONS = 6
_REASON_COLUMNS = headings("count", "reason")


def plan(config: ConfigOption = CONFIG, json: JsonOption = False, all_lines: AllOption = False) -> None:
    """What the next cycle would do and why, and what it would not do. Changes nothing."""
    offline = read_offline_status(config)
    if json:
        print_json(plan_document(offline))
    else:
        show_plan(offline.status, all_lines=all_lines)
    exit_if_incomplete(offline)


def desktops(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every desktop: its agent, node and phase, and the reason for the phase."""
    offline = read_offline_status(config)
    states = sorted(offline.status.desktops.values(), key=lambda state: state.reservation.name)
    if json:
        print_json(states)
    else:
        columns = headings("desktop", "VM", "agent", "node", "phase", "sessions", "because")
        rows = (desktop_row(state, now=offline.status.at) for state in states)
        print_table("", columns, rows, numbers=("sessions",), empty=_("there is no desktop yet"))
    exit_if_incomplete(offline)


def journal(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    desktop: Annotated[str, typer.Option("--desktop", help="Only this desktop.")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many.")] = 50,
) -> None:
    """What was ordered and what came of it, newest first."""
    with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
        entries = list(store.journal(limit=lines, subject=desktop or None))
        if desktop and not entries and desktop not in store.load().desktops:
            raise SettingsError(NO_DESKTOP_NO_LINE(name=desktop))
    if json:
        print_json(entries)
        return
    empty = _("nothing has been ordered yet for {desktop}", desktop=desktop) if desktop else _("nothing has been ordered yet")
    print_table("", headings("at", "what", "desktop", "result", "reason"), map(journal_row, entries), empty=empty)


def read_offline_status(config: Path) -> OfflineStatus:
    """Observe once everything that the configuration names. Raises SettingsError and StoreError."""
    clock = clock_of_commands()
    settings = load_settings(config, environment=os.environ)
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        return look_offline(settings, outside, now=clock.now())


def exit_if_incomplete(offline: OfflineStatus) -> None:
    """If anything could not be observed: say it on standard error and exit with 3."""
    for cluster, reason in sorted(offline.unseen.items()):
        complain(_("cluster {cluster} cannot be observed: {reason}", cluster=cluster, reason=reason))
    if offline.status.directory_error:
        complain(_("directory: {reason}", reason=offline.status.directory_error))
    if offline.unseen or offline.status.directory_error:
        raise typer.Exit(3)


def show_plan(status: Status, *, all_lines: bool) -> None:
    """Print what `plan` shows."""
    actions = status.plan.actions
    counts = Counter(action.word for action in actions)
    if orders := ", ".join(f"{count} × {term('order', action)}" for action, count in sorted(counts.items())):
        say(_("the next cycle would do: {orders}", orders=orders))
    else:
        say(_("the next cycle would do: nothing"))
    _show_actions(actions, all_lines=all_lines)
    print_reasons(N_("waiting"), (deferral.reason for deferral in status.plan.deferred), all_lines=all_lines)
    print_reasons(N_("stopped by the safety gate"), status.blocked)
    leftovers = (NOT_TOUCHED(vm=str(leftover.key), why=leftover.reason) for leftover in status.plan.leftovers)
    print_reasons(N_("not touched"), leftovers)


def _show_actions(actions: Sequence[Action], *, all_lines: bool) -> None:
    """Few actions, or with `--all`: a line for each. Many: a line for each kind, so that no kind hides the others."""
    if all_lines or len(actions) <= _SHOWN_ACTIONS:
        print_table("", headings("action", "desktop", "VM", "because"), map(action_row, actions))
        return
    columns = headings("count", "action", "for example", "VM", "because")
    print_table("", columns, action_kind_rows(actions), numbers=("count",))
    say(_("one line for each kind of action: `bascule plan --all` lists all {count} actions", count=len(actions)))


def print_reasons(title: str, reasons: Iterable[str], *, all_lines: bool = False) -> None:
    """Print how often each kind of reason is given, the most frequent first, with a text; `all_lines`: every text."""
    if all_lines:
        texts = sorted(Counter(reasons).items(), key=lambda pair: (-pair[1], pair[0]))
        print_table(title, _REASON_COLUMNS, ((count, text) for text, count in texts), numbers=("count",))
        return
    groups = tuple(grouped(reasons))
    examples = ((group.times, _example(group)) for group in groups[:_SHOWN_REASONS])
    print_table(title, _REASON_COLUMNS, examples, numbers=("count",))
    if rest := groups[_SHOWN_REASONS:]:
        text = plural(
            "… and {count} reason more, of {times} (`bascule plan --all`)",
            "… and {count} reasons more, of {times} (`bascule plan --all`)",
            len(rest),
            times=sum(group.times for group in rest),
        )
        say(text)


def _example(group: Group) -> str:
    return group.example if group.texts == 1 else _("for example: {example}", example=group.example)
