"""What would shorten cloning, from measured lock holds. The trials here have no pauses between operations."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from provisioner.model.ids import ClusterId, LockDomain, NodeName, ProfileName, StorageId
from provisioner.pve.volumes import ImageRole
from provisioner.storage_advice.advice import Advice, AtOnce, CloningPool, advise, daemon_limit, pools_of, rests_on
from provisioner.storage_advice.layouts import Drive, Layout, StorageUse
from provisioner.storage_advice.lock_holds import LockHold
from provisioner.storage_advice.remedies import ClonePace

OFFICE, LAB = ProfileName("office"), ProfileName("lab")
DRIVES, REPLICAS = "cloud-init drive on another storage", "replicas on node-local storage"
SECOND, FULL = "a second template on the same storage", "full clones (slower)"
N4 = tuple(NodeName(f"n{number}") for number in range(1, 5))
COPIED = Layout(shared=True, nodes=4, copies_gib=32)


@dataclass
class SteadyTrials:
    """A lock that passes from one clone to the next without delay. It records the requested tempos."""

    tempos: list[ClonePace] = field(default_factory=list)

    def each_s(self, layout: Layout, *, operation_s: float, pace: ClonePace) -> float:
        self.tempos.append(pace)
        return max(layout.operations * operation_s, layout.copies_gib / 0.5)

    def operation_s(self, layout: Layout, *, each_s: float, pace: ClonePace) -> float:
        self.tempos.append(pace)
        return each_s / layout.operations


def a_hold(each_s: float = 1.2, **changed: Any) -> LockHold:
    return LockHold(**{"each_s": each_s, "clones": 100, "in_flight": 2.8, "peak": 3, "together": True, **changed})


def a_use(
    storage: str = "nfs", *, shared: bool = True, nodes: int = 4, hold: LockHold | None = None, **changed: Any
) -> StorageUse:
    values: dict[str, Any] = {
        "layout": Layout(shared=shared, nodes=nodes if shared else 1),
        "profiles": frozenset({OFFICE}),
        "holds": {LockDomain(f"pve/{storage}"): hold},
        "hold": hold,
    }
    names = tuple(NodeName(f"n{number}") for number in range(1, nodes + 1))
    return StorageUse(cluster=ClusterId("pve"), storage=StorageId(storage), nodes=names, **{**values, **changed})


def always_as_many(_: float) -> int:
    return 1


def advice_for(
    *uses: StorageUse, wanted: int = 1000, trials: SteadyTrials | None = None, at_once: AtOnce = always_as_many
) -> Advice:
    return advise(CloningPool(profiles=(OFFICE,), wanted=wanted, uses=uses), trials or SteadyTrials(), at_once=at_once)


def gains(advice: Advice) -> dict[str, float | None]:
    return {remedy.name: remedy.factor and round(remedy.factor, 2) for remedy in advice.remedies}


@pytest.mark.parametrize(
    ("uses", "seconds", "gained"),
    [
        pytest.param(
            [a_use(hold=a_hold())], 1200, {REPLICAS: 4.0, "2 storage ids": 2.0, DRIVES: 2.0}, id="one shared id, four nodes"
        ),
        pytest.param(
            [a_use("a", hold=a_hold()), a_use("b", hold=a_hold())],
            600,
            {REPLICAS: 2.0, "4 storage ids": 2.0, DRIVES: 2.0, "3 storage ids": 1.5},
            id="two shared ids of the same four nodes",
        ),
        pytest.param(
            [a_use("a", hold=a_hold(1.0)), a_use("b", hold=a_hold(3.0))],
            750,
            {REPLICAS: 1.5, "4 storage ids": 2.0, DRIVES: 2.0, "3 storage ids": 1.5},
            id="two of unlike speed: each does what it can",
        ),
        pytest.param(
            [a_use(shared=False, hold=a_hold())], 300, {DRIVES: 2.0, "twice as many storage ids": 2.0}, id="a lock on each node"
        ),
        pytest.param(
            [
                a_use(
                    hold=a_hold(),
                    layout=Layout(shared=True, disks=3, drive=Drive.SHARED),
                    unneeded=(ImageRole.EFI, ImageRole.TPM),
                )
            ],
            1200,
            {REPLICAS: 3.0, "fewer volumes": 3.0, "2 storage ids": 2.0},
            id="the drive is elsewhere already, EFI and TPM are not needed",
        ),
        pytest.param(
            [a_use(hold=a_hold(), replica_nodes=16)],
            1200,
            {REPLICAS: 16.0, "2 storage ids": 2.0, DRIVES: 2.0},
            id="replicas on every node that has a local storage, not only where templates are",
        ),
    ],
)
def test_what_each_remedy_gains(uses, seconds, gained):
    advice = advice_for(*uses)

    assert advice.seconds == pytest.approx(seconds)
    assert advice.per_hour == pytest.approx(3600 * 1000 / seconds)
    assert gains(advice) == gained
    assert [remedy.factor for remedy in advice.remedies] == sorted((remedy.factor for remedy in advice.remedies), reverse=True)
    for remedy in advice.remedies:
        assert remedy.seconds == pytest.approx(seconds / remedy.factor)


def test_the_price_of_full_clones_is_the_copying():
    advice = advice_for(a_use(hold=a_hold(1.6), size_gib=32))

    (full,) = [remedy for remedy in advice.remedies if remedy.name == FULL]
    assert full.seconds == pytest.approx(1000 * 64)
    assert full.factor == pytest.approx(1.6 / 64)
    assert advice.remedies[-1] is full


def test_a_second_template_where_one_serves_several_nodes_costs_no_speed():
    advice = advice_for(a_use(nodes=1, reached=N4, hold=a_hold()))

    assert gains(advice)[SECOND] == 1.0
    assert SECOND not in gains(advice_for(a_use(nodes=1, reached=N4[:1], hold=a_hold())))
    assert SECOND not in gains(advice_for(a_use(nodes=2, reached=N4, hold=a_hold())))


def test_from_full_clones_only_their_own_rate_is_known():
    trials = SteadyTrials()

    advice = advice_for(a_use(hold=a_hold(64.0), layout=COPIED), trials=trials)

    assert advice.seconds == pytest.approx(64_000)
    assert set(gains(advice).values()) == {None}
    assert "linked clones" in gains(advice)
    assert trials.tempos == []


def test_without_a_measurement_remedies_are_named_without_figures():
    advice = advice_for(a_use())

    assert (advice.seconds, advice.per_hour) == (None, None)
    assert gains(advice) == {DRIVES: None, "2 storage ids": None, REPLICAS: None}
    assert advice.rests_on == "no measurement yet: 20 clones with two or more in flight are needed"


def test_a_storage_not_measured_is_taken_to_be_like_the_others_and_that_is_said():
    advice = advice_for(a_use("a", hold=a_hold()), a_use("b"))

    assert advice.seconds == pytest.approx(600)
    assert (
        advice.rests_on == "measured on 100 clones, 2.8 in flight; 1 of 2 storages not measured, assumed to be like the others"
    )


def test_without_knowing_who_is_wanted_there_are_rates_and_no_times():
    advice = advice_for(a_use(hold=a_hold()), wanted=0)

    assert advice.seconds is None
    assert advice.per_hour == pytest.approx(3000)
    assert {remedy.seconds for remedy in advice.remedies} == {None}
    assert all(remedy.factor for remedy in advice.remedies)


@pytest.mark.parametrize(
    ("hold", "asked"),
    [
        pytest.param(a_hold(in_flight=2.75, peak=3, each_s=2.0), {ClonePace(in_flight=3, rest_s=0.5)}, id="as it was seen"),
        pytest.param(a_hold(in_flight=3.0, peak=3), {ClonePace(in_flight=3, rest_s=0.0)}, id="no rest between two"),
        pytest.param(
            a_hold(in_flight=1.0, peak=1, together=False),
            {ClonePace(in_flight=1), ClonePace(in_flight=2)},
            id="one alone: measured so, and two for what could be",
        ),
    ],
)
def test_remedies_are_tried_with_as_many_in_flight_as_were_seen(hold, asked):
    trials = SteadyTrials()

    advice_for(a_use(hold=hold), trials=trials)

    assert set(trials.tempos) == asked


def test_where_a_clone_takes_half_the_daemon_keeps_nearly_twice_as_many_in_flight():
    trials = SteadyTrials()

    advice_for(a_use(hold=a_hold(1.2, in_flight=5.0, peak=5)), trials=trials, at_once=daemon_limit)

    assert (daemon_limit(1.2), daemon_limit(0.6)) == (5, 9)
    assert {tempo.in_flight for tempo in trials.tempos} == {5, 9}


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        pytest.param([a_hold(clones=214, in_flight=4.8)], "measured on 214 clones, 4.8 in flight", id="measured"),
        pytest.param([a_hold(clones=7)], "only 7 clones, 2.8 in flight: 20 are needed for each storage", id="too few"),
        pytest.param(
            [a_hold(clones=30, together=False)],
            "upper bound from 30 clones, mostly one at a time: 20 with two or more in flight are needed",
            id="alone",
        ),
    ],
)
def test_how_far_a_figure_can_be_trusted(holds, words):
    assert rests_on(holds) == words


@pytest.mark.parametrize(
    ("use", "name", "words"),
    [
        pytest.param(a_use(local=StorageId("thin")), DRIVES, "node-local storage thin", id="a local storage is there"),
        pytest.param(a_use(), DRIVES, "a storage id without template disks", id="none is there"),
        pytest.param(
            a_use(nodes=1, local=StorageId("thin"), reached=N4),
            DRIVES,
            "a storage id without template disks",
            id="a local drive would end that the template serves other nodes",
        ),
        pytest.param(
            a_use(nodes=4, local=StorageId("thin"), reached=N4),
            DRIVES,
            "node-local storage thin",
            id="each node has a template",
        ),
        pytest.param(a_use(nodes=1, reached=N4), SECOND, "on the same shared storage pve/nfs: new desktops", id="one template"),
        pytest.param(
            a_use(size_gib=32),
            FULL,
            "copies 32 GiB for each desktop outside the lock, here at 0.5 GiB/s",
            id="full clones, and what is assumed",
        ),
        pytest.param(a_use(layout=COPIED), "linked clones", "leave out `clone: full`", id="linked clones"),
        pytest.param(a_use(shared=False), DRIVES, "a node-local storage:", id="local, and no second one"),
        pytest.param(a_use(hold=a_hold(0.4)), DRIVES, "(rough estimate: the operations are short", id="short operations"),
        pytest.param(
            a_use(hold=a_hold(in_flight=1.6)), DRIVES, "fewer than two clones were in flight)", id="hardly two in flight"
        ),
        pytest.param(
            a_use(unneeded=(ImageRole.DISK, ImageRole.EFI)),
            "fewer volumes",
            "remove further disks and the EFI volume from",
            id="volumes",
        ),
        pytest.param(a_use(), REPLICAS, "each of 4 nodes (none has one yet)", id="no local storage"),
        pytest.param(
            a_use(nodes=1, reached=N4), REPLICAS, "each of 4 nodes (none has one yet)", id="one template for four nodes"
        ),
        pytest.param(a_use(replica_nodes=3), REPLICAS, "each of 3 nodes:", id="local storages"),
        pytest.param(a_use(), "2 storage ids", "on 2 shared storage ids instead of 1", id="ids"),
    ],
)
def test_how_is_said_in_words_an_operator_can_act_on(use, name, words):
    (found,) = [remedy for remedy in advice_for(use).remedies if remedy.name == name]

    assert words in found.how


def test_profiles_on_one_storage_are_one_pool_others_are_apart():
    both = a_use("a", profiles=frozenset({OFFICE, LAB}))
    alone = a_use("c", profiles=frozenset({ProfileName("vip")}))

    pools = pools_of([a_use("b"), alone, both], {OFFICE: 10, LAB: 5})

    assert [(pool.profiles, pool.wanted, [use.storage for use in pool.uses]) for pool in pools] == [
        (("lab", "office"), 15, ["b", "a"]),
        (("vip",), 0, ["c"]),
    ]
