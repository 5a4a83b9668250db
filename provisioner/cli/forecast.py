"""`bascule forecast`: a rehearsal of the switch on the twin, in virtual time."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from provisioner.actions.client import PveClient
from provisioner.cli.capacity_rows import COLUMNS as CAPACITY_COLUMNS
from provisioner.cli.capacity_rows import capacity_rows
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.forecast_figures import NOTHING_LEFT, SHARES, figures_of
from provisioner.cli.forecast_levels import show_levels
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, duration, print_json, print_table, say
from provisioner.daemon.composition import OutsideSystems, outside_of, site_config_of
from provisioner.daemon.template_configs import read_configs, templates_on
from provisioner.errors import SettingsError
from provisioner.model.agents import Roster
from provisioner.model.cluster import Snapshot
from provisioner.model.commands import Observe
from provisioner.model.cordons import Cordon, cordons_of, with_closed
from provisioner.model.ids import ClusterId, NodeKey
from provisioner.model.twin_spec import TwinSpec
from provisioner.reasons.rehearsal import ONE_TWIN
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.mirror import twin_of
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.settings.bascule import load_settings
from provisioner.settings.twins import load_twin
from provisioner.settings.values import Settings
from provisioner.texts.translate import N_, _, headings, plural


def forecast(
    config: ConfigOption = CONFIG,
    twin: Annotated[Path | None, typer.Option("--twin", help="A twin file; by default the clusters as they are now.")] = None,
    hours: Annotated[float, typer.Option("--hours", min=0.1, help="How long the switch may take.")] = 24.0,
    levels: Annotated[
        bool,
        typer.Option(
            "--levels", help="Compare no desktops made in advance, stopped desktops, running desktops. Takes three rehearsals."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """How long the switch would take, and what it waits for. Exit code 1 when an agent would be left without a desktop."""
    settings = load_settings(config, environment=os.environ)
    clock = clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        stage = Stage(
            config=site_config_of(settings),
            roster=_roster(outside, rest_only=twin is None),
            twins=_twins(settings, outside, twin),
            begins_at=clock.now(),
            at_most_s=hours * 3600,
        )
    if levels:
        raise typer.Exit(0 if show_levels(stage, json=json) else 1)
    result = Rehearsal(stage).run()
    if json:
        print_json(figures_of(result))
    else:
        _show(result)
    raise typer.Exit(0 if result.ready >= result.wanted else 1)


def _twins(settings: Settings, outside: OutsideSystems, file: Path | None) -> dict[ClusterId, TwinSpec]:
    if file is None:
        cordons = cordons_of(outside.store.intents(), Snapshot())
        return {cluster: _mirrored(settings, cordons, hypervisor) for cluster, hypervisor in outside.hypervisors.items()}
    if len(settings.clusters) != 1:
        raise SettingsError(ONE_TWIN())
    return dict.fromkeys(settings.clusters, load_twin(file))


def _mirrored(settings: Settings, cordons: Mapping[NodeKey, Cordon], hypervisor: PveClient) -> TwinSpec:
    """Its templates' drives decide how long a clone takes, and which nodes it can be for."""
    view = with_closed(hypervisor.observe(Observe(cluster=hypervisor.cluster)), cordons)
    profiles = settings.profiles.values()
    templates = (template for template in templates_on(view.cluster, profiles) if view.complete_on(template.node))
    return twin_of(view, profiles, read_configs(hypervisor, templates).read)


def _roster(outside: OutsideSystems, *, rest_only: bool) -> Roster:
    """`rest_only`: on the clusters as they are, only agents without a desktop are left to serve."""
    roster = outside.directory.read()
    if not rest_only:
        return roster
    served = outside.store.load().owners
    return replace(roster, agents={key: agent for key, agent in roster.agents.items() if key not in served})


def _show(result: Forecast) -> None:
    if not result.wanted and not result.not_wanted:
        say(_(NOTHING_LEFT))
        return
    say(
        plural(
            "{ready} of {count} wanted desktop would be ready",
            "{ready} of {count} wanted desktops would be ready",
            result.wanted,
            ready=result.ready,
        )
    )
    times = [(f"{share:.0%}", duration(result.after_s(share))) for share in SHARES]
    print_table("", headings("ready", "after"), times, numbers=("after",))
    say(_("what it waits for: {binds}", binds=result.binds))
    if result.lock_timeouts:
        say(_("storage lock time-outs on the way: {count}", count=result.lock_timeouts))
    for title, reasons in ((N_("without a desktop"), result.unmet), (N_("not wanted"), result.not_wanted)):
        rows = [(count, reason) for reason, count in reasons.items()]
        print_table(title, headings("agents", "reason"), rows, numbers=("agents",))
    print_table(
        N_("room at the end"), CAPACITY_COLUMNS, capacity_rows(result.capacity, result.outlook), numbers=("room for more",)
    )
