"""Random lives of a site: a switch of two waves on small nodes, with faults, in virtual time."""

from dataclasses import replace
from random import Random

from provisioner.model.ids import Instant, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    Durations,
    Fault,
    FillStorage,
    KillNode,
    LogOns,
    Maintenance,
    NodeSpec,
    RandomFaults,
)
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.ports import Events, Store
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import STORAGE, a_spec

AGENTS, NODES, LASTS_S = 12, 3, 1500.0


def a_life(seed: int, *listeners: Events) -> Rehearsal:
    """A switch of two waves on small nodes, with faults."""
    chance = Random(seed)
    node, at_s = f"pve{chance.randint(1, NODES)}", chance.uniform(20, 300)
    faults: tuple[Fault, ...] = (
        KillNode(node=node, at_s=at_s, back_after_s=chance.choice((None, 200.0))),
        CutQuorum(at_s=at_s + 100, for_s=60.0),
        FillStorage(storage=STORAGE, at_s=at_s, for_s=200.0),
        Maintenance(node=node, at_s=at_s, for_s=200.0),
        BrokenQemu(node=node, at_s=at_s, for_s=200.0),
    )
    spec = a_spec(
        nodes=NODES,
        seed=seed,
        durations=Durations(sigma=0.2),
        log_ons=LogOns(concurrent=4),
        random_faults=RandomFaults(share=0.15),
        faults=chance.sample(faults, 2),
    )
    small = tuple(NodeSpec(name=entry.name, memory_mib=20 * 1024) for entry in spec.nodes)
    spec = replace(spec, nodes=small)
    first, late = (f"login{number:04}" for number in range(1, 9)), Selection()
    waves = (
        Wave(name=WaveName("first"), who=Selection(logins=frozenset(first))),
        Wave(name=WaveName("late"), who=late, after_s=240.0, prepare=PreparationLevel.STOPPED, prepare_before_s=120.0),
    )
    config = a_config_on(spec, scenario=Scenario(name="surge", waves=waves))
    return Rehearsal(a_stage(spec, agents=AGENTS, config=config, at_most_s=LASTS_S, settle_s=300.0, listeners=listeners))


def give_orders(store: Store, chance: Random, at: Instant) -> None:
    """Somebody gives or withdraws an order now and then."""
    kind = chance.choice((IntentKind.FREEZE, IntentKind.HOLD, IntentKind.DRAIN))
    target = f"lab/pve{chance.randint(1, NODES)}" if kind is IntentKind.DRAIN else ""
    if chance.random() < 0.1:
        store.give(Intent(kind=kind, by="zoe", at=at, reason="a try", target=target))
    for intent in store.intents():
        if chance.random() < 0.3:
            store.withdraw(intent.kind, by="zoe", at=at, target=intent.target)
