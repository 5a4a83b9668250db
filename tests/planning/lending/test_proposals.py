"""What is decided about leases is a proposal: values alone, and one transaction for each order and each cycle."""

from dataclasses import replace

from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import LeaseState, LendOrder
from provisioner.planning.lending.draft import LeaseDraft
from provisioner.planning.lending.orders import answered
from provisioner.planning.lending.rounds import lend_round
from tests.builders.core import a_session
from tests.reconciler.test_lending import a_site, lend
from tests.reconciler.test_pools import calm


def facts_of(site):
    return site.reconciler.parts.lend_desk.facts()


def ended(facts, empty_since, held=frozenset()):
    draft = LeaseDraft(facts)
    left = lend_round(draft, empty_since, held)
    return draft.proposal(), left


def leases_in(proposal):
    return {name: None if record.lease is None else record.lease.state for name, record in proposal.changes.desktops.items()}


def since_lent(facts):
    """Nobody has been seen since the leases began."""
    return {name: record.lease.since for name, record in facts.situation.records.desktops.items() if record.lease is not None}


def test_all_leases_that_nobody_uses_end_in_one_transaction():
    site = a_site(size=3, unused_after_s=300.0)
    names = [lend(site, number).desktop for number in (1, 2)]
    site.clock.at += 880
    calm(site, cycles=3)
    facts = facts_of(site)
    before = dict(facts.situation.records.desktops)
    nothing, empty_since = ended(facts, {})
    proposal, left = ended(facts, since_lent(facts))

    assert not nothing.changes
    assert sorted(empty_since) == sorted(names)
    assert leases_in(proposal) == dict.fromkeys(names, LeaseState.TO_RESET)
    assert [line.desktop for line in proposal.changes.outcomes] == names
    assert [subject for subject, _ in proposal.said] == [f"desktop {name}" for name in names]
    assert left == {}
    assert facts.situation.records.desktops == before, "it is a proposal"


def test_what_was_read_before_a_lease_is_of_the_person_before():
    """Found by a hostile reading: lent anew after a half-day, it was taken back at the first pause: "nobody for 15 min"."""
    site = a_site(size=3, unused_after_s=300.0)
    name = lend(site, 1).desktop
    site.clock.at += 880
    calm(site, cycles=3)
    facts = facts_of(site)
    before = since_lent(facts)[name] - 1.0
    proposal, left = ended(facts, {name: before})

    assert not proposal.changes
    assert left[name] > before


def test_whoever_is_held_keeps_an_unused_desktop_and_so_does_whoever_is_logged_on():
    site = a_site(size=3, unused_after_s=300.0)
    lend(site, 1)
    used = lend(site, 2).desktop
    site.cluster.sessions[site.status.desktops[used].reservation.vmid] = (a_session("login0002"),)
    site.clock.at += 880
    calm(site, cycles=3)
    facts = facts_of(site)
    proposal, _ = ended(facts, since_lent(facts), frozenset({"agent-0001"}))

    assert not proposal.changes
    assert ended(facts, since_lent(facts))[0].changes, "the other one is not held"


def test_whose_desktop_is_of_no_use_gets_another_in_the_same_transaction():
    """A kill between the two left the person with none."""
    site = a_site(size=3)
    broken = lend(site, 1).desktop
    site.reconciler.obey(Intent(kind=IntentKind.QUARANTINE, target=broken, by="zoe", at=site.clock.at, reason="an odd one"))
    site.look()
    found = answered(LendOrder(who="login0001", by="zoe", at=site.clock.at), facts_of(site))

    assert leases_in(found.proposal) == {broken: LeaseState.TO_RESET, found.answer.desktop: LeaseState.LENT}
    assert found.came == replace(found.came, lent=True, ready=True)
