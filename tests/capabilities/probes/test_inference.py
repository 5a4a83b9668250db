"""What failures have in common is named, and nothing is named without a reason."""

from random import Random

import pytest

from provisioner.capabilities.probes.decide.choice import next_desktops
from provisioner.capabilities.probes.decide.inference import LEAST, CauseVerdict, conclude
from provisioner.capabilities.probes.decide.targets import factors_of
from provisioner.capabilities.probes.decide.weighing import ProbeEvidence, suspects
from provisioner.model.ids import ClusterId, DesktopName, NodeName
from provisioner.model.people.profiles import Connection
from provisioner.model.probes import Factor, FactorKind
from tests.builders.cluster import PVE, a_profile

NODES = [Factor(FactorKind.NODE, f"pve/n{number}") for number in range(8)]
IMAGES = [Factor(FactorKind.IMAGE, name) for name in ("office", "cad", "light")]
STORAGES = [Factor(FactorKind.STORAGE, f"pve/{name}") for name in ("ceph", "nfs")]
SITES = [Factor(FactorKind.SITE, name) for name in ("melun", "meaux", "torcy", "provins")]


def desktops(seed: int, count: int = 300) -> dict[DesktopName, frozenset[Factor]]:
    random = Random(seed)
    return {
        DesktopName(f"vd-{number:04}"): frozenset(map(random.choice, (NODES, IMAGES, STORAGES, SITES)))
        for number in range(count)
    }


def probed(seed: int, fails, probes: int = 48) -> list[ProbeEvidence]:
    """One after the other, as they are chosen; `fails(factors, random)`."""
    left, random, evidence = desktops(seed), Random(seed + 1_000), list[ProbeEvidence]()
    for _ in range(probes):
        (name,) = next_desktops(left, evidence, 1)
        factors = left.pop(name)
        evidence.append(ProbeEvidence(factors=factors, failed=fails(factors, random)))
    return evidence


def flaky(random: Random, share: float = 0.02) -> bool:
    """A desktop that is broken by itself."""
    return random.random() < share


@pytest.mark.long
@pytest.mark.parametrize("broken", [NODES[3], IMAGES[1], STORAGES[0], SITES[2]], ids=lambda factor: factor.kind.value)
def test_a_broken_factor_is_named_beside_desktops_that_are_broken_by_themselves(broken):
    named = [
        conclude(probed(seed, lambda factors, random: broken in factors or flaky(random))).causes == ((broken,),)
        for seed in range(30)
    ]

    assert sum(named) >= 28


@pytest.mark.long
def test_two_broken_nodes_are_both_named():
    named = [
        set(conclude(probed(seed, lambda factors, _: bool({NODES[1], NODES[5]} & factors), probes=64)).causes)
        == {(NODES[1],), (NODES[5],)}
        for seed in range(30)
    ]

    assert sum(named) >= 28


@pytest.mark.long
@pytest.mark.parametrize("share", [0.0, 0.02, 0.05])
def test_without_a_broken_factor_none_is_named(share):
    verdicts = [conclude(probed(seed, lambda _, random: flaky(random, share))).verdict for seed in range(30)]

    assert set(verdicts) <= {CauseVerdict.CLEAN, CauseVerdict.NOT_ENOUGH}


def test_when_all_fail_no_factor_is_blamed():
    conclusion = conclude(probed(1, lambda *_: True, probes=12))

    assert (conclusion.verdict, conclusion.causes, conclusion.failed) == (CauseVerdict.EVERYWHERE, (), 12)


@pytest.mark.parametrize("failures", range(LEAST))
def test_two_failures_may_be_chance(failures):
    """Even if they are all of the same node."""
    evidence = [ProbeEvidence(factors=frozenset({NODES[0]}), failed=True)] * failures
    evidence += [ProbeEvidence(factors=frozenset({NODES[1]}), failed=False)] * 40

    conclusion = conclude(evidence)

    assert conclusion.verdict is (CauseVerdict.NOT_ENOUGH if failures else CauseVerdict.CLEAN)
    assert conclusion.causes == ()


def test_factors_that_no_probe_can_tell_apart_are_named_together():
    both = frozenset({NODES[0], IMAGES[0]})
    evidence = [ProbeEvidence(factors=both, failed=True)] * 5 + [
        ProbeEvidence(factors=frozenset({NODES[1], IMAGES[1]}), failed=False)
    ] * 30

    assert conclude(evidence).causes == ((IMAGES[0], NODES[0]),)


def test_what_is_better_than_the_others_is_no_cause():
    """A factor whose desktops all pass while others fail explains the failures as well, the wrong way round."""
    evidence = [ProbeEvidence(factors=frozenset({NODES[0]}), failed=False)] * 20
    evidence += [ProbeEvidence(factors=frozenset({node}), failed=True) for node in NODES[1:]] * 3

    assert all(NODES[0] not in suspect.factors for suspect in suspects(evidence))


def test_nothing_depends_on_the_order_of_the_probes():
    evidence = probed(3, lambda factors, random: NODES[2] in factors or flaky(random, 0.1), probes=30)

    assert conclude(evidence) == conclude(evidence[::-1])


def test_the_weights_are_one_together():
    evidence = probed(4, lambda factors, _: IMAGES[0] in factors, probes=10)

    assert sum(suspect.weight for suspect in suspects(evidence)) == pytest.approx(1.0)


def test_every_factor_is_covered_in_as_many_probes_as_the_largest_kind_has_values_and_some():
    for seed in range(5):
        evidence = probed(seed, lambda *_: False, probes=len(NODES) + 4)

        assert frozenset().union(*(each.factors for each in evidence)) == {*NODES, *IMAGES, *STORAGES, *SITES}


def test_after_a_failure_the_next_probes_separate_what_it_may_be():
    """Not another desktop of the same node and the same image."""
    failed = frozenset({NODES[0], IMAGES[0]})
    evidence = [ProbeEvidence(factors=frozenset({NODES[1], IMAGES[1]}), failed=False)] * 4 + [
        ProbeEvidence(factors=failed, failed=True)
    ]
    candidates = {
        DesktopName("vd-1"): failed,
        DesktopName("vd-2"): frozenset({NODES[0], IMAGES[1]}),
        DesktopName("vd-3"): frozenset({NODES[1], IMAGES[1]}),
    }

    assert next_desktops(candidates, evidence, 1) == (DesktopName("vd-2"),)


def test_at_most_so_many_are_chosen_and_each_once():
    candidates = desktops(7, 6)

    assert sorted(next_desktops(candidates, (), 99)) == sorted(candidates)
    assert next_desktops({}, (), 3) == ()


def test_the_factors_of_a_desktop():
    profile = a_profile(connection=Connection(gateway="gate.example"))

    factors = factors_of(PVE, NodeName("n2"), profile, site="melun")

    assert {factor.kind.value: factor.value for factor in factors} == {
        "node": f"{PVE}/n2", "storage": f"{PVE}/{profile.templates[0].storage}", "image": "golden-1",
        "profile": profile.name, "site": "melun", "gateway": "gate.example",
    }  # fmt: skip
    assert {factor.kind.value for factor in factors_of(ClusterId("other"), NodeName("n2"), a_profile())} == {
        "node", "image", "profile",
    }  # fmt: skip
