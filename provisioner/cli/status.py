"""Looking without touching: `plan`, `status`, `desktops`, `journal`; and what `agents` looks with.

What could not be looked at is complained of on standard error, with exit code 3: half a view must not pass for a whole one.
"""

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import access_to_store
from provisioner.cli.node_rows import draining_in_words
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, counted, print_json, print_table, say
from provisioner.cli.status_rows import (
    action_row,
    desktop_row,
    plan_document,
    rekeyed_in_words,
    sessions_in_words,
    status_document,
    unheard_in_words,
    wrong_in_words,
)
from provisioner.cli.store_status import clock_time, intent_lines, show_store_status
from provisioner.daemon.composition import outside_of
from provisioner.daemon.keeping import store_of
from provisioner.daemon.offline_status import OfflineStatus, look_offline
from provisioner.errors import SettingsError
from provisioner.model.desktops import Phase
from provisioner.model.status import Status
from provisioner.reasons.grouping import Group, grouped
from provisioner.settings.bascule import load_settings

AllOption = Annotated[bool, typer.Option("--all", help="Every line, not only the first twenty.")]
_SHOWN = 20
_SHOWN_REASONS = 6


def plan(config: ConfigOption = CONFIG, json: JsonOption = False, all_lines: AllOption = False) -> None:
    """What the next cycle would do and why, and what it would not. Nothing is changed."""
    offline = read_offline_status(config)
    if json:
        print_json(plan_document(offline))
    else:
        _show_plan(offline.status, all_lines=all_lines)
    exit_if_incomplete(offline)


def status(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Where the switch is: desktops by phase, sessions, capacity, and what is in the way.

    Exit code 1 when something waits for a person: desktops that have failed, a directory held back, a baseline to accept.
    """
    try:
        offline = read_offline_status(config)
    except SettingsError:
        show_store_status(config, json=json)
        raise
    if json:
        print_json(status_document(offline))
    else:
        _show_status(offline.status)
    exit_if_incomplete(offline)
    if wrong_in_words(offline.status):
        raise typer.Exit(1)


def desktops(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every desktop: its agent, node, phase, and what that was concluded from."""
    offline = read_offline_status(config)
    states = sorted(offline.status.desktops.values(), key=lambda one: one.reservation.name)
    if json:
        print_json(states)
    else:
        columns = ("desktop", "VM", "agent", "node", "phase", "sessions", "because")
        rows = (desktop_row(state, now=offline.status.at) for state in states)
        print_table("", columns, rows, numbers=("sessions",), empty="there is no desktop yet")
    exit_if_incomplete(offline)


def journal(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    desktop: Annotated[str, typer.Option("--desktop", help="Only this one.")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many.")] = 50,
) -> None:
    """What was ordered and what came of it, newest first."""
    with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
        entries = list(store.journal(limit=lines, subject=desktop or None))
        if desktop and not entries and desktop not in store.load().records:
            raise SettingsError(f"there is no desktop {desktop}, and the journal has no line about it")
    if json:
        print_json(entries)
        return
    rows = ((clock_time(one.at), one.what, one.subject or "-", one.result, one.reason or one.because) for one in entries)
    empty = "nothing has been ordered yet" + (f" for {desktop}" if desktop else "")
    print_table("", ("at", "what", "desktop", "result", "reason"), rows, empty=empty)


def read_offline_status(config: Path) -> OfflineStatus:
    """A glance at everything the configuration names."""
    clock = clock_of_commands()
    settings = load_settings(config, environment=os.environ)
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        return look_offline(settings, outside, now=clock.now())


def exit_if_incomplete(offline: OfflineStatus) -> None:
    """Complain of what could not be looked at, and end with 3 then."""
    for cluster, reason in sorted(offline.unseen.items()):
        complain(f"cluster {cluster} cannot be observed: {reason}")
    if offline.status.directory_error:
        complain(f"directory: {offline.status.directory_error}")
    if offline.unseen or offline.status.directory_error:
        raise typer.Exit(3)


def _show_plan(status: Status, *, all_lines: bool) -> None:
    actions = status.plan.actions
    counts = Counter(one.word for one in actions)
    words = ", ".join(f"{count} × {word}" for word, count in sorted(counts.items())) or "nothing"
    say(f"the next cycle would order: {words}")
    shown = actions if all_lines else actions[:_SHOWN]
    print_table("", ("action", "desktop", "VM", "because"), map(action_row, shown))
    if len(shown) < len(actions):
        say(f"… and {len(actions) - len(shown)} more (--all)")
    print_reasons("not now", (one.reason for one in status.plan.deferred), all_lines=all_lines)
    print_reasons("stopped by the safety gate", status.blocked)
    print_reasons("not touched", (f"vm {one.key}: {one.reason}" for one in status.plan.leftovers))


def _show_status(status: Status) -> None:
    for line in wrong_in_words(status):
        say(line)
    wanted = status.demand.wants
    ready = sum(one.wanted and one.phase is Phase.READY for one in status.desktops.values())
    say(f"{ready} of {counted(len(wanted), 'wanted desktop')} ready; {sessions_in_words(status)}")
    phases = Counter((one.reservation.profile, one.phase.value) for one in status.desktops.values())
    rows = [(*key, count) for key, count in sorted(phases.items())]
    print_table("", ("profile", "phase", "desktops"), rows, numbers=("desktops",), empty="there is no desktop yet")
    ahead = [
        (one.wave, one.profile, clock_time(one.opens_at), one.level.value, one.stopped, one.running, one.missing)
        for one in status.preparations
    ]
    columns = ("made ahead for wave", "profile", "which opens", "to be", "stopped", "running", "missing")
    print_table("", columns, ahead, numbers=columns[4:])
    free = [(name, one.free, one.binds) for name, one in sorted(status.capacity.items())]
    print_table("", ("profile", "room for", "then short of"), free, numbers=("room for",))
    for line in (
        *intent_lines(status.intents),
        *draining_in_words(status),
        *unheard_in_words(status),
        *rekeyed_in_words(status),
    ):
        say(line)
    for key, node in ((node.key, node) for view in status.snapshot.clusters.values() for node in view.nodes.values()):
        if node.maintenance:
            say(status.cordons[key].reason)
    print_reasons("not wanted yet, or not at all", (one.reason for one in status.demand.not_wanted))
    print_reasons("waiting", (one.reason for one in status.plan.deferred))
    print_reasons("stopped by the safety gate", status.blocked)


def print_reasons(title: str, reasons: Iterable[str], *, all_lines: bool = False) -> None:
    """How often each sort is given, the commonest first, with an example; `all_lines`: each text for itself."""
    if all_lines:
        counts = Counter(reasons)
        rows = sorted(((count, reason) for reason, count in counts.items()), key=lambda row: (-row[0], row[1]))
        print_table(title, ("", "reason"), rows, numbers=("",))
        return
    groups = tuple(grouped(reasons))
    print_table(title, ("", "reason"), [(one.times, _example(one)) for one in groups[:_SHOWN_REASONS]], numbers=("",))
    if rest := groups[_SHOWN_REASONS:]:
        say(f"… and {counted(len(rest), 'reason')} more, of {sum(one.times for one in rest)} (`bascule plan --all`)")


def _example(group: Group) -> str:
    return group.example if group.texts == 1 else f"{group.example}, or alike"
