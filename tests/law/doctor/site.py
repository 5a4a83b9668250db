"""A drawn site in virtual time: two profiles, one or two clusters, local or shared storage, perhaps a pool; never in UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from provisioner.actions.client import PveClient
from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.composition import site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.errors import DirectoryError
from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, NodeName, PoolName, ProfileName, StorageId, Vmid
from provisioner.model.machines.twin_spec import NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Addressing, Entitlement, Profile, Selection, Template
from provisioner.ports import Events, all_of
from provisioner.pve.privileges import NEEDED
from provisioner.pve.wire import ApiRequest
from provisioner.reconciler import Reconciler, run
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings, Settings, StoreSettings
from provisioner.twin.access.gate import AccessGate
from provisioner.twin.api.dispatch import LOST, Reply
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.checkup import a_surge, a_wave
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.builders.pve import NOTE_KEY
from tests.builders.rights import AUTH, with_token
from tests.builders.twin import EXACT
from tests.builders.virtual_hypervisor import VirtualHypervisor

STANDARD, GRAPHICS = ProfileName("standard"), ProfileName("graphics")
POOL = PoolName("desktops")
_OFFICE = Addressing(network="10.40.0.0/21", gateway="10.40.0.1", first="10.40.0.10", last="10.40.7.250")
_STUDIO = Addressing(network="10.41.0.0/24", gateway="10.41.0.1", first="10.41.0.10", last="10.41.0.250")
_ZONES = ("Europe/Paris", "America/Martinique", "Pacific/Noumea", "Indian/Reunion")
_PULSE_S = 30.0
"""A daemon without anything to do is looked at so often."""


class Line(Twin):
    """A twin behind a line that may be cut."""

    cut = False

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """See Twin."""
        if self.cut:
            self.events.after(0.5, lambda: reply(LOST))
        else:
            super().request(request, reply, auth=auth)


class People:
    """The directory."""

    def __init__(self, roster: Roster) -> None:
        self.roster: Roster | DirectoryError = roster

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """The port's."""
        del since, in_force
        if isinstance(self.roster, DirectoryError):
            raise self.roster
        return self.roster


@dataclass(kw_only=True)
class Outside:
    """What `check` asks."""

    hypervisors: Mapping[ClusterId, PveClient]
    directory: People
    store: Any


@dataclass(kw_only=True)
class Site:
    """Everything that a fault may change."""

    draw: Random
    folder: Path
    events: EventHeap
    twins: dict[ClusterId, Line]
    gates: dict[ClusterId, AccessGate]
    settings: Settings
    people: People
    store: Any = field(default_factory=MemoryStore)
    opens_later: bool = False
    """Whether nobody new is wanted now."""
    unseen: bool = False
    """Whether something is broken that only a desktop that boots can show."""
    broken: list[str] = field(default_factory=list)
    """What has been broken, in words."""

    @property
    def some_cluster(self) -> ClusterId:
        return self.draw.choice(sorted(self.twins))

    def change(self, **fields: Any) -> None:
        """Somebody edits the configuration."""
        self.settings = replace(self.settings, **fields)

    def change_profiles(self, change: Callable[[Profile], Profile]) -> None:
        """The same change of all."""
        self.change(profiles={name: change(profile) for name, profile in self.settings.profiles.items()})

    def outside(self) -> Any:
        """For `check`."""
        clients = {
            cluster: VirtualHypervisor(twin, key=self.settings.note_key, auth=self.auth) for cluster, twin in self.twins.items()
        }
        return Outside(hypervisors=clients, directory=self.people, store=self.store)

    @property
    def auth(self) -> str:
        """What the daemon comes with."""
        of = next(iter(self.settings.clusters.values()))
        return f"PVEAPIToken={of.token_id}={of.token_secret.reveal()}"

    def live(self, listener: Events, *, until: Callable[[Reconciler], bool]) -> Reconciler:
        """One life of the daemon; it ends as soon as `until` says so. Raises StoreError."""
        reconciler = Reconciler(
            site_config_of(self.settings),
            store=self.store,
            clock=VirtualClock(self.events),
            events=all_of((listener,)),
            freeze_mark=FreezeFiles.of(self.settings.freeze_file).mark,
        )
        twins: Mapping[ClusterId, Twin] = dict(self.twins)
        calls = VirtualCalls(
            twins=twins, events=self.events, directory=self.people, key=self.settings.note_key, auth=self.auth
        )  # fmt: skip
        life = _Life(self.events, calls)
        reconciler.open()
        try:
            run(reconciler, calls, until=lambda: until(reconciler))
        finally:
            life.over = True
            self.store.close()
        return reconciler


class _Life:
    """Something comes now and then, so that a loop without work is looked at."""

    def __init__(self, events: EventHeap, calls: VirtualCalls) -> None:
        self.over, self._events, self._calls = False, events, calls
        self._beat()

    def _beat(self) -> None:
        if not self.over:
            self._calls.nudge()
            self._events.after(_PULSE_S, self._beat)


def a_site(seed: int, folder: Path) -> Site:
    """Sound, without a desktop."""
    draw = Random(f"the doctor's law {seed}")
    pool = POOL if draw.random() < 0.4 else None
    specs = [_spec(draw, f"site{number}", 9000 + 100 * number, pool) for number in range(1, draw.choice((2, 2, 3)))]
    events = EventHeap(NOW + draw.uniform(0, 86_400.0))
    twins = {ClusterId(spec.name): Line(spec, events) for spec in specs}
    people = a_roster(
        an_agent(number, groups=frozenset({"graphics" if number % 4 == 0 else "office"}))
        for number in range(1, draw.randint(4, 30))
    )
    return Site(
        draw=draw,
        folder=folder,
        events=events,
        twins=twins,
        gates={cluster: guard_access(twin) for cluster, twin in twins.items()},
        settings=_settings(draw, specs, folder, pool),
        people=People(people),
    )


def _spec(draw: Random, name: str, first: int, pool: PoolName | None) -> TwinSpec:
    nodes, shared = [f"{name}n{number}" for number in range(1, draw.randint(2, 4))], draw.random() < 0.5
    holders = nodes[: draw.randint(1, len(nodes))] if shared else nodes
    spec = TwinSpec(
        name=name,
        nodes=tuple(NodeSpec(name=node, cores=16, memory_mib=65_536) for node in nodes),
        storages=(StorageSpec(storage="disks", shared=shared, kind="rbd" if shared else "lvmthin", size_gib=1024.0),),
        templates=tuple(TemplateSpec(vmid=first + at, node=node, storage="disks") for at, node in enumerate(holders)),
        durations=EXACT,
        seed=draw.randrange(1000),
        pools={} if pool is None else {pool: ""},
    )
    return with_token(spec, _rights(spec, pool))


def _rights(spec: TwinSpec, pool: PoolName | None) -> Mapping[str, frozenset[str]]:
    """As docs/en/install-by-hand.md says."""
    if pool is None:
        return NEEDED
    of_templates = {f"/vms/{template.vmid}": frozenset({"VM.Audit", "VM.Clone"}) for template in spec.templates}
    others = {path: held for path, held in NEEDED.items() if path != "/vms"}
    return {**others, f"/pool/{pool}": NEEDED["/vms"], **of_templates}


def _settings(draw: Random, specs: list[TwinSpec], folder: Path, pool: PoolName | None) -> Settings:
    token, _, secret = AUTH.removeprefix("PVEAPIToken=").rpartition("=")
    names = [ClusterId(spec.name) for spec in specs]
    profiles = (_profile(STANDARD, specs), _profile(GRAPHICS, specs, vcpus=4, memory_mib=8192, addressing=_STUDIO))
    artists = Selection(groups=frozenset({"graphics"}))
    return Settings(
        installation=NOTE_KEY.installation,
        note_key=NOTE_KEY,
        timezone=draw.choice(_ZONES),
        clusters={
            name: ClusterSettings(
                cluster=name,
                endpoints=(f"https://{name}n1.example.org:8006",),
                token_id=token,
                token_secret=Secret(secret),
                pool=pool,
            )
            for name in names
        },
        directory=DirectorySettings(urls=("ldaps://directory.example.org",), base="dc=example"),
        profiles={profile.name: profile for profile in profiles},
        entitlements=(Entitlement(profile=GRAPHICS, who=artists), Entitlement(profile=STANDARD, who=Selection())),
        naming=Naming(vmids={name: (Vmid(20_000 + 1000 * at), Vmid(20_499 + 1000 * at)) for at, name in enumerate(names)}),
        scenario=a_surge(a_wave("artists", who=artists), a_wave("all", who=Selection())),
        freeze_file=folder / "freeze",
        store=StoreSettings(url=f"sqlite:///{folder}/bascule.db"),
    )


def _profile(name: ProfileName, specs: list[TwinSpec], **changed: Any) -> Profile:
    templates = (
        Template(
            cluster=ClusterId(spec.name),
            vmid=Vmid(made.vmid),
            node=NodeName(made.node),
            storage=StorageId(made.storage),
        )
        for spec in specs
        for made in spec.templates
    )
    values: dict[str, Any] = {"vcpus": 2, "memory_mib": 4096, "addressing": _OFFICE, **changed}
    return Profile(name=name, image="golden-1", templates=tuple(templates), disk_gib=32, bridge="vmbr0", **values)


__all__ = ["GRAPHICS", "POOL", "STANDARD", "Line", "Outside", "People", "Site", "a_site"]
