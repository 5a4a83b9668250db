"""Create the adapters from settings. Only this file knows the class behind each port."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.logon_port import LogonPortProbe
from provisioner.adapters.logs.pseudonyms import Pseudonyms
from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.ceiling_watch import CeilingWatch
from provisioner.daemon.keeping import store_of
from provisioner.model.ids import ClusterId
from provisioner.model.people.agents import MADE_BY_SERVERS
from provisioner.model.people.profiles import Probe
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.model.site_config import SiteConfig
from provisioner.ports import ApiCall, Clock, Figures, GuestProbe
from provisioner.settings.values import LogNames, Settings, SshSettings
from provisioner.wrong.keeping import WrongList


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSystems:
    """All outside systems of one configuration."""

    hypervisors: Mapping[ClusterId, ProxmoxHypervisor]
    probes: Mapping[tuple[ClusterId, Probe], GuestProbe] = field(default_factory=dict)
    directory: LdapDirectory
    store: SqlStore

    def close(self) -> None:
        """Give up the store, and close all idle connections."""
        self.store.close()
        for hypervisor in self.hypervisors.values():
            hypervisor.close()


def outside_of(settings: Settings, *, clock: Clock, on_call: Callable[[ApiCall], None]) -> OutsideSystems:
    """Create the adapters, without connecting. Raises SettingsError and StoreError."""
    hypervisors = {
        cluster: ProxmoxHypervisor(of_cluster, note_key=settings.note_key, clock=clock, on_call=on_call)
        for cluster, of_cluster in settings.clusters.items()
    }
    return OutsideSystems(
        hypervisors=hypervisors,
        probes=_probes(hypervisors, settings.ssh, clock),
        directory=LdapDirectory(settings.directory, clock=clock, named=named_groups(settings)),
        store=store_of(settings, clock=clock),
    )


def endpoints_of(settings: Settings, *, clock: Clock) -> Mapping[ClusterId, Mapping[str, ProxmoxHypervisor]]:
    """A client for each endpoint alone, of the clusters that have several. To be closed by the caller."""
    return {
        name: {
            url: ProxmoxHypervisor(
                replace(cluster, endpoints=(url,)), note_key=settings.note_key, clock=clock, on_call=lambda _: None
            )
            for url in cluster.endpoints
        }
        for name, cluster in settings.clusters.items()
        if len(cluster.endpoints) > 1
    }


def ceiling_watch_of(settings: Settings, *, clock: Clock, notice: Callable[[str, str], None]) -> CeilingWatch | None:
    """What asks how many of each ceiling are in use; None: nobody can be asked."""
    figures = figures_of(settings)
    return None if figures is None else CeilingWatch(figures, clock=clock, notice=notice)


def figures_of(settings: Settings) -> Figures | None:
    """The configured Prometheus server."""
    if settings.prometheus is None:
        return None
    from provisioner.adapters.prometheus import PrometheusQueries

    return PrometheusQueries(settings.prometheus)


def site_config_of(settings: Settings) -> SiteConfig:
    """The configuration of the reconciler."""
    return SiteConfig(
        installation=settings.installation,
        profiles=settings.profiles,
        naming=settings.naming,
        budget=settings.budget,
        pace=settings.pace,
        pools={cluster: of_cluster.pool for cluster, of_cluster in settings.clusters.items() if of_cluster.pool is not None},
        desktop_pools=settings.pools,
        grants=settings.grants,
        entitlements=settings.entitlements,
        scenario=settings.scenario or EVERYONE,
        scenario_given=settings.scenario is not None,
        safety=settings.safety,
        leavers=settings.leavers,
        guard=settings.directory.guard,
        receives=settings.receiver is not None,
        ids_are_made=settings.directory.attributes.agent_id.lower() in MADE_BY_SERVERS,
        full_directory_s=settings.directory.full_interval_s,
    )


def named_groups(settings: Settings) -> frozenset[str]:
    """The groups that entitlements and waves name."""
    return site_config_of(settings).rules.groups


def pseudonyms_of(settings: Settings) -> Pseudonyms | None:
    """Hides people's names in the log; None: names are shown."""
    if settings.log.names is not LogNames.PSEUDONYM:
        return None
    return naming_of(settings)


def naming_of(settings: Settings) -> Pseudonyms:
    """Pseudonyms of this installation. The account that reads the directory is not a person."""
    return Pseudonyms(settings.note_key, spared=(settings.directory.bind_dn,))


def recorder_of(settings: Settings, *, clock: Clock, wrong: WrongList) -> Recorder:
    """The listener for metrics, with series at zero for all configured names."""
    waves = tuple(wave.name for wave in (settings.scenario or EVERYONE).waves)
    known = KnownNames(profiles=tuple(settings.profiles), clusters=tuple(settings.clusters), waves=waves)
    return Recorder(clock=clock, known=known, wrong=wrong)


def _probes(
    hypervisors: Mapping[ClusterId, ProxmoxHypervisor], ssh: SshSettings | None, clock: Clock
) -> dict[tuple[ClusterId, Probe], GuestProbe]:
    probes: dict[tuple[ClusterId, Probe], GuestProbe] = {
        (cluster, Probe.GUEST_AGENT): LogonPortProbe(hypervisor.guest_probe()) for cluster, hypervisor in hypervisors.items()
    }
    if ssh is not None:
        # Only if configured: loading paramiko takes a fifth of a start.
        from provisioner.adapters.ssh import SshGuestProbe

        probes |= dict.fromkeys(
            ((cluster, Probe.SSH) for cluster in hypervisors), LogonPortProbe(SshGuestProbe(ssh, clock=clock))
        )
    return probes
