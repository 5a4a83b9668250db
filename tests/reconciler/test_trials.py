"""A trial desktop is made as every desktop is, shows what it can, and is deleted, whatever happens to order and daemon."""

from dataclasses import replace

import pytest

from provisioner.errors import GuestUnknown, Refused
from provisioner.model.actions import CheckGuest
from provisioner.model.budget import Safety
from provisioner.model.intents import Intent, IntentKind, Withdrawal
from provisioner.model.machines.desktops import FirstBoot
from provisioner.model.machines.seats import is_trial
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import Reason
from tests.builders.cluster import NOW, OFFICE, PVE, a_profile, a_storage, a_template
from tests.builders.core import a_config, a_session
from tests.builders.reconciler import Cluster, Site, kinds, ready

pytestmark = pytest.mark.long

TARGET = f"{OFFICE}/1"
DELETES = Safety(max_deletes=1)


def a_trial(target=TARGET):
    return Intent(kind=IntentKind.TRIAL, by="zoe", at=NOW, target=target)


def tried(site, *targets):
    for target in targets or (TARGET,):
        assert site.reconciler.obey(replace(a_trial(target), at=site.clock.at)) == ""
    return site


def trial_desktops(site):
    return [desktop for desktop in site.status.desktops.values() if is_trial(desktop.reservation.seat)]


def standing(site):
    return [intent.target for intent in site.store.intents() if intent.kind is IntentKind.TRIAL]


def ends(site):
    """The codes of what trials have shown, newest first."""
    given = [line.reason for line in site.store.journal() if (line.what, line.result) == ("trial", "withdrawn")]
    return [reason.arguments["why"].code for reason in given if isinstance(reason.arguments.get("why"), Reason)]


def a_site(cluster=None, agents=2):
    return ready(agents, safety=DELETES, clusters=[] if cluster is None else [cluster])


class Broken(Cluster):
    """Its guests, of trials and others, get this far and no further, once `breaks` is set."""

    breaks: str = ""

    def do(self, action, at):
        if isinstance(action, CheckGuest) and self.breaks and is_trial(action.reservation.seat):
            if self.breaks in set(GuestWord):
                raise GuestUnknown("as the guest says", cause=GuestWord(self.breaks))
            first_boot = FirstBoot.DONE if self.breaks == "port" else FirstBoot(self.breaks)
            return replace(self.report(action.key.vmid, at), first_boot=first_boot, logon_port_open=False, ready_at=None)
        return super().do(action, at)


def test_it_is_made_read_and_deleted_and_nobody_is_given_it():
    site = tried(a_site())

    site.settle(cycles=3)
    (desktop,) = trial_desktops(site)
    assert (desktop.wanted, desktop.reservation.agent_id) == (False, None)
    site.settle(cycles=40)

    assert (trial_desktops(site), standing(site), ends(site)) == ([], [], ["trial_ready"])
    assert sorted(site.phases.values()) == ["ready", "ready"]
    assert len(site.cluster.guests) == 2
    assert any(subject == f"trial {TARGET}" for subject, _ in site.heard.notices)


def test_it_counts_for_nothing_while_it_is_there():
    site = tried(a_site())
    for _ in range(12):
        site.settle(cycles=1)
        status = site.status
        assert (len(status.demand.wants), status.preparations, status.differences) == (2, (), {})
        assert not any(status.desktops[name].superseded_by for name in status.desktops)


@pytest.mark.parametrize("cycles", [1, 2, 3, 4, 5, 6, 8])
def test_withdrawn_at_any_moment_it_is_deleted(cycles):
    site = tried(a_site())
    site.settle(cycles=cycles)

    site.reconciler.obey(Withdrawal(kind=IntentKind.TRIAL, by="zoe", at=site.clock.at, target=TARGET))
    site.settle(cycles=60)

    assert (trial_desktops(site), len(site.cluster.guests)) == ([], 2)


def test_it_is_made_and_deleted_once_however_often_the_daemon_is_killed():
    site = tried(a_site())
    ordered = []
    for cycle in range(60):
        actions = site.look(after=20)
        ordered += kinds(actions)
        site.carry_out(actions)
        site.cluster.come_out()
        if cycle % 3 == 2:  # after each start it reads a note before it makes anything
            site.restart()
    site.settle(cycles=60)

    assert [kind.partition(" ")[0] for kind in ordered].count("clone") == 1
    assert (standing(site), ends(site), len(site.cluster.guests)) == ([], ["trial_ready"], 2)


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        ("no_agent", "trial_no_agent"),
        ("no_file", "trial_no_script"),
        ("version", "trial_bad_report"),
        ("other", "trial_not_ready"),
        ("failed", "trial_first_boot_failed"),
        ("running", "trial_first_boot_long"),
        ("port", "trial_port_closed"),
    ],
)
def test_what_is_wrong_in_the_image_is_named_and_the_desktop_is_deleted(breaks, code):
    cluster = Broken()
    site = a_site(cluster)
    cluster.breaks = breaks

    tried(site).settle(cycles=140)

    assert (ends(site), standing(site), trial_desktops(site)) == ([code], [], [])
    assert len(cluster.guests) == 2


def test_a_desktop_that_cannot_be_made_says_why():
    site = tried(a_site())
    for _ in range(40):
        actions = site.look(after=20)
        clones = [action for action in actions if action.word == "clone"]
        site.carry_out(clones, error=Refused("no such bridge"))
        site.carry_out([action for action in actions if action not in clones])
    site.settle(cycles=60)

    assert (ends(site), trial_desktops(site)) == (["trial_failed"], [])


def test_somebody_who_has_logged_on_to_it_is_not_cut_off():
    site = a_site()
    tried(site)
    for _ in range(30):
        site.settle(cycles=1)
        if trials := trial_desktops(site):
            site.cluster.sessions[trials[0].reservation.vmid] = (a_session(),)
    site.settle(cycles=20)

    (desktop,) = trial_desktops(site)
    assert (desktop.phase, ends(site)) == ("ready", ["trial_ready"])
    site.cluster.sessions.clear()
    site.settle(cycles=60)
    assert trial_desktops(site) == []


@pytest.mark.parametrize(
    ("order", "safety", "stands", "code"),
    [
        pytest.param(a_trial("laptop/1"), DELETES, None, "trial_names_profile", id="no such profile"),
        pytest.param(a_trial(OFFICE), DELETES, None, "trial_names_profile", id="without a number"),
        pytest.param(a_trial(), DELETES, IntentKind.HOLD, "trial_stands_against", id="held"),
        pytest.param(a_trial(), DELETES, IntentKind.FREEZE, "trial_stands_against", id="frozen"),
    ],
)
def test_a_trial_that_would_leave_something_behind_is_refused(order, safety, stands, code):
    site = ready(1, safety=safety)
    if stands is not None:
        site.reconciler.obey(Intent(kind=stands, by="zoe", at=site.clock.at))

    assert site.reconciler.obey(order).code == code


def test_where_nothing_may_be_deleted_a_trial_deletes_what_it_has_made_and_nothing_else():
    """F17: on the site that `init` writes, `max_deletes` is 0."""
    site = ready(2, safety=Safety(max_deletes=0))
    people = {desktop.reservation.vmid for desktop in site.status.desktops.values()}
    tried(site, TARGET, f"{OFFICE}/2", f"{OFFICE}/3")

    site.settle(cycles=120)

    assert (ends(site), trial_desktops(site), standing(site)) == (["trial_ready"] * 3, [], [])
    assert {desktop.reservation.vmid for desktop in site.status.desktops.values()} == people
    assert (
        site.reconciler.obey(Intent(kind=IntentKind.REBUILD, by="zoe", at=site.clock.at, target="vd-5001")).code
        == "deletes_forbidden"
    )


def test_the_number_of_an_earlier_trial_is_free_once_its_desktop_is_deleted():
    site = tried(a_site())
    site.settle(cycles=3)
    site.reconciler.obey(Withdrawal(kind=IntentKind.TRIAL, by="zoe", at=site.clock.at, target=TARGET))

    assert site.reconciler.obey(a_trial()).code == "trial_left_behind"
    site.settle(cycles=60)
    assert site.reconciler.obey(replace(a_trial(), at=site.clock.at)) == ""


def test_after_the_store_is_lost_its_desktop_is_deleted_once_the_baseline_is_accepted():
    site = tried(a_site())
    for _ in range(30):
        site.settle(cycles=1)
        if any(desktop.phase == "ready" for desktop in trial_desktops(site)):
            break
    site.restart(type(site.store)())
    site.settle(cycles=20)
    assert len(trial_desktops(site)) == 1

    site.reconciler.obey(Intent(kind=IntentKind.ACCEPT_BASELINE, by="zoe", at=site.clock.at))
    site.settle(cycles=60)

    assert (trial_desktops(site), len(site.cluster.guests)) == ([], 2)


def test_with_a_time_it_stays_ready_for_a_probe_and_is_deleted_when_the_time_is_over():
    site = a_site()
    assert site.reconciler.obey(replace(a_trial(), at=site.clock.at, until=site.clock.at + 3600)) == ""
    site.settle(cycles=25)
    (desktop,) = trial_desktops(site)
    assert (desktop.phase, standing(site)) == ("ready", [TARGET])

    site.restart()  # a kill in the middle
    site.settle(cycles=5)
    assert len(trial_desktops(site)) == 1
    site.clock.at += 3600
    site.settle(cycles=20)

    assert (trial_desktops(site), standing(site)) == ([], [])


class TwoStorages(Cluster):
    """Node n2 has another storage than n1."""

    def view(self, look, at):
        return replace(super().view(look, at), storages=(a_storage("n1", "local"), a_storage("n2", "fast")))


@pytest.mark.parametrize(("storage", "node"), [("local", "n1"), ("fast", "n2")])
def test_it_is_made_on_the_storage_that_it_names(storage, node):
    profile = a_profile(templates=(a_template("n1"), a_template("n2", "fast")))
    site = Site(clusters=[TwoStorages()], config=a_config(profile), safety=DELETES)
    site.come_to_rest()
    target = f"{OFFICE}/{PVE}/{storage}/1"
    tried(site, target)
    site.settle(cycles=5)

    (desktop,) = trial_desktops(site)
    assert desktop.reservation.node == node
    assert "made on pve/nfs, but on" in site.reconciler.obey(replace(a_trial(f"{OFFICE}/{PVE}/nfs/1"), at=site.clock.at))
