"""Trial desktops that are probed: what is wanted, what each shows, and that none is left whatever happens."""

from dataclasses import replace

import pytest

from provisioner.cli.check.trial_round import TrialRound, surge_state, wanted_of
from provisioner.cli.output import plain
from provisioner.doctor.findings import Grade
from provisioner.errors import BasculeError, OrderRefused
from provisioner.ledger import withdrawn_entry
from provisioner.model.ids import ClusterId, ProfileName, StorageId
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import LogonProtocol
from provisioner.model.probes import ProbeResult, ProbeStep, ProbeTarget, StepEnd, StepResult
from provisioner.model.trials import TrialName, places_of, trial_named
from provisioner.reasons import trials
from provisioner.reasons.reason import Reason
from provisioner.views.desktops import desktops_document
from provisioner.views.journal import journal_document
from tests.builders.cluster import PVE, a_profile, a_template
from tests.builders.core import a_desktop
from tests.builders.documents import as_sent
from tests.builders.views import a_publication

OFFICE = ProfileName("office")
THIN, CEPH = (ClusterId(PVE), StorageId("thin")), (ClusterId(PVE), StorageId("ceph"))
PROFILE = a_profile(OFFICE, templates=(a_template(storage="thin"), a_template("n2", storage="ceph")))
PROFILES = {OFFICE: PROFILE}
LONG_S = 36_000.0


def reached(row, failed=None):
    target = ProbeTarget(desktop=row["name"], host="10.0.0.1", port=3389, protocol=LogonProtocol.RDP)
    steps = [StepResult(step=ProbeStep.CONNECT, end=StepEnd.DONE, took_s=0.02)]
    if failed is not None:
        steps.append(StepResult(step=failed, end=StepEnd.FAILED, took_s=0.1, why=Reason("the account is locked")))
    return ProbeResult(target=target, at=0.0, steps=tuple(steps))


class Daemon:
    """Makes each desktop within some looks; each look takes so many seconds."""

    def __init__(self, *, free=9, state="running", look_s=30.0, sticks=False, gives_up=None, silent_after=None):
        self.free, self.state, self.look_s, self.sticks, self.gives_up = free, state, look_s, sticks, gives_up
        self.silent_after, self.looks, self.at = silent_after, 0, 0.0
        self.people = []
        self.standing, self.until, self.desktops, self.withdrawn, self.lines = [], {}, {}, [], {}
        self.refuses = ""

    def now(self):
        return self.at

    def give(self, kind, target, *, until):
        if target == self.refuses:
            raise OrderRefused(trials.STANDS_AGAINST(kind="freeze"), frozenset())
        self.standing.append(target)
        self.until[target] = until
        self.desktops[target] = "cloning"

    def withdraw(self, kind, target):
        if target not in self.standing:
            return False
        self.standing.remove(target)
        self.withdrawn.append(target)
        if not self.sticks:
            self.desktops.pop(target, None)
        return True

    def ask(self, resource, **query):
        return as_sent(resource, self._answer(resource, **query))

    def _answer(self, resource, **query):
        if resource == "capacity":
            return {"capacity": [{"profile": "office", "free": self.free}]}
        if resource == "surge":
            return {"run": {"state": self.state}, "waits": [], "waves": []}
        if resource == "journal":
            return plain(journal_document(self.lines.get(query["subject"], [])))
        if resource == "desktops":
            self._goes_on()
            rows = [
                {"name": "vd-9", "node": "pve1", "phase": phase, "target": None, "seat": {"kind": "trial", "id": name}}
                for name, phase in self.desktops.items()
            ]
            return {"desktops": [*self.people, *rows]}
        return {"intents": [{"kind": "trial", "target": name} for name in self.standing]}

    def _goes_on(self):
        self.looks += 1
        if self.silent_after is not None and self.looks > self.silent_after:
            raise BasculeError(Reason("nobody answers"))
        self.at += self.look_s if self.standing or self.desktops else 0.0
        if self.looks > 6:
            self.desktops = dict.fromkeys(self.desktops, "ready")
        if self.gives_up and self.looks > 6:
            for name in self.standing:
                self.lines[name] = [withdrawn_entry(IntentKind.TRIAL, by="daemon", at=0.0, target=name, reason=self.gives_up)]
            self.standing, self.desktops = [], {}


def a_round(daemon, failed=None):
    return TrialRound(daemon=daemon, profiles=PROFILES, reach=lambda row: reached(row, failed), pause=lambda _: None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("office/2", TrialName(profile=OFFICE, number=2)),
        ("office/pve/ceph/1", TrialName(profile=OFFICE, place=CEPH, number=1)),
        ("office", None),
        ("office/pve/1", None),
        ("office/pve//1", None),
        ("office/-1", None),
        ("", None),
    ],
)
def test_the_name_of_a_trial_says_what_is_tried(text, name):
    assert trial_named(text) == name
    assert name is None or str(name) == text


def test_a_profile_is_tried_on_each_of_its_storages_and_on_one_that_it_names():
    assert places_of(PROFILE) == (CEPH, THIN)
    assert places_of(replace(PROFILE, storage=StorageId("nfs"))) == ((ClusterId(PVE), "nfs"),)


def test_each_desktop_is_made_reached_and_given_back_with_its_times():
    daemon = Daemon()
    wanted, left_out = wanted_of(daemon, PROFILES, {OFFICE: 1})
    tried = a_round(daemon).run(wanted)

    assert (wanted, left_out) == ({(OFFICE, CEPH): 1, (OFFICE, THIN): 1}, [])
    assert [str(each.name) for each in tried] == daemon.withdrawn == ["office/pve/ceph/1", "office/pve/thin/1"]
    assert all(each.is_good and each.finding.grade is Grade.GOOD for each in tried)
    assert "(connect 20 ms)" in str(tried[0].finding.text)
    assert (daemon.standing, daemon.desktops) == ([], {})


def test_each_order_says_until_when_its_desktop_may_stay_after_the_daemons_own_judgement():
    daemon = Daemon()
    a_round(daemon).run({(OFFICE, CEPH): 1})

    least_s = PROFILE.clone_timeout_s + PROFILE.start_timeout_s + PROFILE.ready_timeout_s
    assert daemon.until["office/pve/ceph/1"] > least_s


@pytest.mark.parametrize(
    ("step", "says"),
    [(ProbeStep.AUTHENTICATE, "the robot account is not let in"), (ProbeStep.GREET, "their log-on ports do not speak RDP")],
)
def test_who_would_not_get_in_is_a_fault_of_the_profile_that_names_step_and_storage(step, says):
    (tried,) = a_round(Daemon(), step).run({(OFFICE, CEPH): 1})

    assert (tried.finding.grade, tried.finding.subject, tried.is_good) == (Grade.BAD, "profile office", False)
    assert "pve/ceph" in tried.finding.text
    assert f"{says}: the account is locked" in tried.finding.text


def test_what_the_daemon_has_given_up_says_why():
    (tried,) = a_round(Daemon(gives_up=trials.NOT_MADE(after_s=900, why="storage ceph is full"))).run({(OFFICE, CEPH): 1})

    assert (tried.finding.grade, tried.finding.code) == (Grade.BAD, "trial_not_made")
    assert "storage ceph is full" in tried.finding.text


@pytest.mark.parametrize(
    ("free", "people", "wanted"),
    [
        pytest.param(0, 1, {}, id="none fits"),
        pytest.param(1, 1, {}, id="the last place is kept for people"),
        pytest.param(2, 1, {(OFFICE, CEPH): 1}, id="one, and one is left"),
        pytest.param(9, 5, {(OFFICE, CEPH): 3, (OFFICE, THIN): 3}, id="shared by the storages, rounded up"),
        pytest.param(5, 9, {(OFFICE, CEPH): 4}, id="as many as leave one"),
    ],
)
def test_the_last_place_is_never_taken(free, people, wanted):
    found, left_out = wanted_of(Daemon(free=free), PROFILES, {OFFICE: people})

    assert found == wanted
    assert [finding.code for finding in left_out] == ["trial_last_place"] * (2 - len(wanted))


@pytest.mark.parametrize("state", ["gated", "paused", "aborting", "returning"])
def test_in_a_surge_nothing_is_tried(state):
    found, (left_out,) = wanted_of(Daemon(state=state), PROFILES, {OFFICE: 1})

    assert (found, left_out.code, state in left_out.text) == ({}, "trial_in_a_surge", True)


@pytest.mark.parametrize(("phase", "wanted", "state"), [("starting", 1, "running"), ("ready", 1, None), ("starting", 0, None)])
def test_a_surge_that_has_given_everybody_a_desktop_goes_on_only_while_a_person_waits(phase, wanted, state):
    daemon = Daemon()
    daemon.people = plain(desktops_document(a_publication(a_desktop(1, Phase(phase)), wanted=wanted)))["desktops"]

    assert surge_state(daemon) == state


def test_a_desktop_that_is_not_deleted_in_time_is_named_and_no_longer_waited_for():
    (tried,) = a_round(Daemon(sticks=True, look_s=600.0)).run({(OFFICE, CEPH): 1})

    assert (tried.finding.grade, tried.finding.code) == (Grade.DOUBTFUL, "trial_stays")
    assert "vd-9" in tried.finding.text


def test_what_is_refused_is_named_and_the_others_are_tried():
    daemon = Daemon()
    daemon.refuses = "office/pve/ceph/1"
    refused, good = a_round(daemon).run({(OFFICE, CEPH): 1, (OFFICE, THIN): 1})

    assert (refused.finding.grade, "a freeze is in force" in refused.finding.text) == (Grade.DOUBTFUL, True)
    assert good.is_good


@pytest.mark.parametrize("error", [KeyboardInterrupt, BasculeError])
def test_however_it_ends_the_orders_are_withdrawn(error):
    daemon = Daemon()

    def fails(_):
        raise error

    with pytest.raises(error):
        TrialRound(daemon=daemon, profiles=PROFILES, reach=reached, pause=fails).run({(OFFICE, CEPH): 1, (OFFICE, THIN): 1})

    assert daemon.standing == []


def test_a_daemon_that_is_stopped_in_the_middle_ends_the_round_with_its_reason():
    with pytest.raises(BasculeError, match="nobody answers"):
        a_round(Daemon(silent_after=4)).run({(OFFICE, CEPH): 1})
