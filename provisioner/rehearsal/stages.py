"""The stage of a rehearsal that goes on from where a site is now. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from provisioner.model.agents import Roster
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import ClusterId, DesktopName, Instant
from provisioner.model.records import DesktopRecord, Records
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import TwinSpec
from provisioner.rehearsal.mirror import Configs, twin_of
from provisioner.rehearsal.present_desktops import desktops_on, with_desktops
from provisioner.rehearsal.rehearse import BOUND_S, Stage, rehearsal_key


def stage_now(
    config: SiteConfig,
    roster: Roster,
    records: Records,
    views: Iterable[ClusterView],
    *,
    now: Instant,
    at_most_s: float = BOUND_S,
    configs: Callable[[ClusterId], Configs] = lambda _: {},
) -> Stage:
    """With twins of the observed clusters, and the store's records; `configs` are those of a cluster's templates."""
    key = rehearsal_key(config.installation)
    twins: dict[ClusterId, TwinSpec] = {}
    kept: dict[DesktopName, DesktopRecord] = {}
    for view in views:
        spec = twin_of(view, config.profiles.values(), configs(view.cluster))
        desktops = desktops_on(view, spec, records.desktops, key, now=now)
        twins[view.cluster] = with_desktops(spec, desktops)
        kept |= desktops.records
    return Stage(
        config=config,
        roster=roster,
        records=replace(records, desktops=kept),
        twins=twins,
        begins_at=now,
        at_most_s=at_most_s,
    )
