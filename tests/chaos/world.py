"""The world of a seed: a small cluster, the people, the configuration and the faults."""

from dataclasses import dataclass, replace
from functools import partial
from random import Random

from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, PoolAutoscale, Spare
from provisioner.model.budget import Naming, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import ClusterId, DesktopPoolName, NodeName, PoolName, ProfileName, StorageId, Vmid
from provisioner.model.machines.twin_spec import (
    Durations,
    GuestSpec,
    LogOns,
    NodeSpec,
    PushSpec,
    StorageSpec,
    TemplateSpec,
    TokenSpec,
    TwinSpec,
)
from provisioner.model.people.profiles import Addressing, Entitlement, Profile, ReadinessLevel, Selection, Template
from provisioner.model.pools import AfterPerson, DesktopPool, ResetRules
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.session_rules import SessionRules
from provisioner.model.site_config import SiteConfig
from provisioner.pve.privileges import NEEDED, needed_on
from tests.chaos.by_hand import a_tampered_schedule
from tests.chaos.given_back import RESTORED, a_restoring_schedule
from tests.chaos.pointed import CUT, EVACUATED, HELP_DESK, MANAGED, REPLACED, SOON_REPLACED_S, a_pointed_schedule
from tests.chaos.rare import KEY_CHANGED
from tests.chaos.schedule import Happening, a_schedule
from tests.chaos.shared import LENT, LIGHT, MOST_SPARE, MOVED, SCALED, SHORT, TRIED, a_shared_schedule

CLUSTER = ClusterId("pve")
STORAGE = "pool"
INSTALLATION = "chaos"
FIRST_VMID = 5001
_FOREIGN_VMID = 101
POINTED = 1_000_000
"""Seeds beyond are not drawn from all kinds of trouble, but of one that chance meets too seldom (tests.chaos.pointed)."""
TAMPERED = 2_000_000
"""Seeds beyond are of what people change by hand, and what the token does not see."""
PUSHED = 3_000_000
"""Seeds beyond are the worlds of so much lower seeds, but desktops push."""
OBEYED = 6_000_000
"""Seeds beyond are the worlds of so much lower seeds, but desktops push, and obey rules about sessions."""
AWAY_S, LONGEST_S = 120.0, 300.0
"""The rules: disconnected, and open."""
_OBEY = PushSpec(share=0.8, lost=0.1, obeys=True)
_COME_AND_GO = {"away_after_s": 60.0, "away_s": 240.0}
_SKEW_S = 60.0
"""In worlds of even seeds, clocks of desktops are wrong by up to this: six writing periods of a status document."""
_PUSHES = PushSpec(share=0.8, lost=0.1, doubled=0.1)
LEAVER_STOPS_AFTER_S = 60.0
_OFFICE = ProfileName("office")
_POOL = PoolName("desktops")
TOKEN = TokenSpec(user="bascule@pve", name="daemon", secret="7c0ffee0-1111-2222-3333-444444444444", privsep=False)
_TWELVE_FIT_MIB = 70 * 1024
"""Of which four fifths are for guests: 8 GiB of somebody else's, and twelve desktops of 4 GiB."""
_SMALL_STORM_S, _SMALL_LASTS_S = 120.0, 60.0
_IN_VIRTUAL_TIME_ALONE = frozenset({"clock_jumps"})
"""A process's clock cannot be set, and the machine's is not ours to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One seed, drawn."""

    seed: int
    spec: TwinSpec
    config: SiteConfig
    agents: int
    schedule: tuple[Happening, ...]

    @property
    def tampered(self) -> bool:
        """Whether people change things by hand, whatever desktops do besides."""
        return self.seed - max(beyond for beyond in (0, PUSHED, OBEYED) if self.seed > beyond) > TAMPERED

    @property
    def restoring(self) -> bool:
        """Whether operators give desktops back."""
        return RESTORED < self.seed - max(beyond for beyond in (0, PUSHED, OBEYED) if self.seed > beyond) <= TAMPERED

    @property
    def pool(self) -> str:
        """The pool that desktops are cloned into, on which alone the token has rights; empty: it may everything."""
        return self.config.pools.get(CLUSTER, PoolName(""))

    @property
    def calm_at(self) -> float:
        """Seconds from the start to the end of all that went wrong."""
        return max(happening.passes_at for happening in self.schedule) + 1.0

    @property
    def vmids(self) -> tuple[int, int]:
        """The range that only Bascule hands out."""
        return self.config.naming.vmids[CLUSTER]


def a_world(seed: int) -> World:
    """The same for the same seed, on every machine."""
    if seed > OBEYED:
        return _obeying(a_world(seed - OBEYED), seed)
    if seed > PUSHED:
        world = a_world(seed - PUSHED)
        return replace(world, seed=seed, spec=replace(world.spec, push=replace(_PUSHES, skew_s=world.spec.push.skew_s)))
    draw = Random(seed)
    nodes, agents, shared = draw.randint(2, 4), draw.randint(15, 40), draw.random() < 0.4
    spec = _spec(seed, nodes=nodes, agents=agents, shared=shared or EVACUATED < seed <= RESTORED)
    config = _config(spec, agents=agents, addressed=draw.random() < 0.5 or RESTORED < seed <= TAMPERED)
    if LENT < seed <= TRIED:
        spec, config, agents = _with_pool(draw, spec, config)
    if CUT < seed <= KEY_CHANGED:
        spec, config = _in_a_pool(spec, config)
    if SCALED < seed <= TRIED:
        config = _following(draw, config)
    if TRIED < seed <= MOVED:
        spec, config = _of_trials(spec, config)
    if SHORT < seed <= RESTORED:
        spec, config, agents = _of_little_room(spec, config)
    if RESTORED < seed <= TAMPERED:
        spec, config = _with_desk(spec, config)
    if MANAGED < seed <= HELP_DESK or (MOVED < seed <= SHORT and seed % 2):
        spec = replace(spec, templates=tuple(replace(template, ha=True) for template in spec.templates))
    if REPLACED < seed <= HELP_DESK or (MOVED < seed <= SHORT and seed % 2):
        config = replace(config, safety=replace(config.safety, replace_after_s=SOON_REPLACED_S))
    if seed > TAMPERED:
        config = replace(config, leavers=LeaverRules(stop_after_s=LEAVER_STOPS_AFTER_S))
    return World(seed=seed, spec=spec, config=config, agents=agents, schedule=_schedule(seed, draw, nodes=nodes, agents=agents))


def _obeying(world: World, seed: int) -> World:
    """In odd worlds people are disconnected for longer than the rule allows; in even ones they stay for too long."""
    rules = SessionRules(disconnected_s=AWAY_S, maximum_s=LONGEST_S, warn_minutes=(3, 1))
    profiles = {name: replace(profile, session_rules=rules) for name, profile in world.config.profiles.items()}
    log_ons = replace(world.spec.log_ons, **(_COME_AND_GO if seed % 2 else {}))
    spec = replace(world.spec, push=replace(_OBEY, skew_s=world.spec.push.skew_s), log_ons=log_ons)
    return replace(world, seed=seed, spec=spec, config=replace(world.config, profiles=profiles))


def _of_little_room(spec: TwinSpec, config: SiteConfig) -> tuple[TwinSpec, SiteConfig, int]:
    """Three nodes with room for twelve desktops each, and 30 people: with a node's room kept, 24 find a place."""
    spec = replace(spec, nodes=tuple(NodeSpec(name=node.name, memory_mib=_TWELVE_FIT_MIB) for node in spec.nodes))
    office = config.profiles[_OFFICE]
    light = replace(office, name=LIGHT, memory_mib=office.memory_mib // 2, vcpus=1)
    return spec, replace(config, profiles={_OFFICE: office, LIGHT: light}), 10 * len(spec.nodes)


def _with_desk(spec: TwinSpec, config: SiteConfig) -> tuple[TwinSpec, SiteConfig]:
    """Log-on ports are tried, so who hangs is replaced, as soon as whose node is away; most desktops ask, without any rule."""
    office = replace(config.profiles[_OFFICE], readiness=ReadinessLevel.PORT)
    safety = replace(config.safety, replace_after_s=SOON_REPLACED_S)
    spec = replace(spec, push=replace(_OBEY, skew_s=spec.push.skew_s))
    return spec, replace(config, profiles={_OFFICE: office}, safety=safety, receives=True)


def _with_pool(draw: Random, spec: TwinSpec, config: SiteConfig) -> tuple[TwinSpec, SiteConfig, int]:
    """Few people with desktops of their own, who log on to none of them, and a pool of fewer desktops than borrowers."""
    after = draw.choice((AfterPerson.RESTART, AfterPerson.REBUILD))
    desk = DesktopPoolName("desk")
    pool = DesktopPool(
        name=desk, profile=_OFFICE, size=draw.randint(2, 4), after_person=after, unused_after_s=120.0,
        spare=draw.choice((None, 1)), resets=ResetRules(at_once=2),
    )  # fmt: skip
    spec = replace(spec, log_ons=LogOns(concurrent=0))
    return spec, replace(config, desktop_pools={desk: pool}, pace=replace(config.pace, session_interval_s=30.0)), 8


def _following(draw: Random, config: SiteConfig) -> SiteConfig:
    """The pool has as many desktops as its people need, at any hour."""
    always = Calendar(zone="UTC", working_days=frozenset(range(7)), half_days=(HalfDay(name="day", begins=0, ends=24 * 60),))
    rules = AutoscaleRules(min=1, max=draw.randint(4, 6), spare=Spare(count=MOST_SPARE))
    follows = PoolAutoscale(mode=AutoscaleMode.ON, rules=rules, calendar=always)
    pools = {name: replace(pool, autoscale=follows) for name, pool in config.desktop_pools.items()}
    return replace(config, desktop_pools=pools)


def _in_a_pool(spec: TwinSpec, config: SiteConfig) -> tuple[TwinSpec, SiteConfig]:
    """Whatever the token has on VMs it has on the pool and the templates: a clone is in the pool when all else is done."""
    rights = needed_on(config.profiles.values(), CLUSTER, config.naming.vmids[CLUSTER], _POOL) | {"/sdn": NEEDED["/sdn"]}
    roles = {f"Role{number}": held for number, held in enumerate(rights.values())}
    token = replace(TOKEN, acl=tuple(zip(rights, roles, strict=True)))
    return replace(spec, pools={_POOL: ""}, roles=roles, tokens=(token,)), replace(config, pools={CLUSTER: _POOL})


def _of_trials(spec: TwinSpec, config: SiteConfig) -> tuple[TwinSpec, SiteConfig]:
    """Nobody logs on by themselves: they would, to a trial as well."""
    safety = replace(config.safety, max_deletes=1)
    return replace(spec, log_ons=LogOns(concurrent=0)), replace(config, safety=safety)


def _schedule(seed: int, draw: Random, *, nodes: int, agents: int) -> tuple[Happening, ...]:
    if seed <= POINTED:
        return a_schedule(draw, nodes=nodes, agents=agents)
    if seed > TAMPERED:
        return a_tampered_schedule(Random(f"{seed} by hand"), nodes=nodes, agents=agents)
    if seed > RESTORED:
        return a_restoring_schedule(draw, nodes=nodes, agents=agents)
    if seed > LENT:
        return a_shared_schedule(seed, draw, nodes=nodes, agents=agents)
    return a_pointed_schedule(seed, draw, nodes=nodes, agents=agents, first_vmid=FIRST_VMID)


def a_small_world(seed: int) -> World:
    """One for real sockets and scaled time: few people, quick boots, and its troubles closer together."""
    draw = Random(seed)
    nodes, agents, shared = draw.randint(2, 3), draw.randint(5, 10), draw.random() < 0.4
    spec = replace(
        _spec(seed, nodes=nodes, agents=agents, shared=shared),
        durations=Durations(boot_s=12.0, first_boot_s=3.0, start_task_s=1.0),
        tokens=(TOKEN,),
    )
    config = _config(spec, agents=agents, addressed=draw.random() < 0.5, expected_ready_s=20.0)
    schedule = a_schedule(draw, nodes=nodes, agents=agents, storm_s=_SMALL_STORM_S, without=_IN_VIRTUAL_TIME_ALONE)
    return World(
        seed=seed, spec=spec, config=config, agents=agents, schedule=tuple(_shorter(happening) for happening in schedule)
    )


def _shorter(happening: Happening) -> Happening:
    return replace(happening, for_s=min(happening.for_s, _SMALL_LASTS_S))


def _spec(seed: int, *, nodes: int, agents: int, shared: bool) -> TwinSpec:
    names = [f"pve{number}" for number in range(1, nodes + 1)]
    foreign = partial(GuestSpec, storage=STORAGE)
    return TwinSpec(
        name=CLUSTER,
        seed=seed,
        nodes=tuple(NodeSpec(name=name, memory_mib=256 * 1024) for name in names),
        storages=(StorageSpec(storage=STORAGE, shared=shared, kind="rbd" if shared else "lvmthin"),),
        templates=tuple(TemplateSpec(vmid=9001 + index, node=name, storage=STORAGE) for index, name in enumerate(names)),
        guests=tuple(
            foreign(vmid=_FOREIGN_VMID + index, node=name, name=f"db-{index}", running=bool(index % 2))
            for index, name in enumerate(names)
        ),
        log_ons=LogOns(concurrent=agents // 2, spread_s=60.0),
        push=PushSpec(skew_s=0.0 if seed % 2 else _SKEW_S),
    )


def _config(spec: TwinSpec, *, agents: int, addressed: bool, expected_ready_s: float = 60.0) -> SiteConfig:
    first = spec.templates[0]
    pool = Addressing(network="10.40.0.0/24", gateway="10.40.0.1", first="10.40.0.10", last="10.40.0.240")
    profile = Profile(
        name=_OFFICE,
        image="golden-1",
        templates=tuple(
            Template(
                cluster=CLUSTER, vmid=Vmid(template.vmid), node=NodeName(template.node), storage=StorageId(template.storage)
            )
            for template in spec.templates
        ),
        vcpus=first.vcpus,
        memory_mib=first.memory_mib,
        disk_gib=first.disk_gib,
        bridge="vmbr0",
        addressing=pool if addressed else Addressing(),
        expected_ready_s=expected_ready_s,
    )
    last = FIRST_VMID + 2 * agents + 60  # a VMID that was taken or left behind half-made is never handed out again
    return SiteConfig(
        installation=INSTALLATION,
        profiles={_OFFICE: profile},
        naming=Naming(vmids={CLUSTER: (Vmid(FIRST_VMID), Vmid(last))}),
        entitlements=(Entitlement(profile=_OFFICE, who=Selection()),),
        safety=Safety(max_stops_percent=20.0),
    )


__all__ = [
    "CLUSTER", "FIRST_VMID", "INSTALLATION", "LEAVER_STOPS_AFTER_S", "OBEYED", "PUSHED", "STORAGE", "TAMPERED", "TOKEN",
    "World", "a_small_world", "a_world",
]  # fmt: skip
