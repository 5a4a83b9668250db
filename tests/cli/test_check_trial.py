"""`bascule check --trial` watches what the daemon does with its order, and withdraws it however the command ends."""

import pytest

from provisioner.cli.check.trial import try_desktops
from provisioner.cli.output import plain
from provisioner.doctor.findings import Grade
from provisioner.errors import OrderRefused
from provisioner.ledger import withdrawn_entry
from provisioner.model.intents import IntentKind
from provisioner.reasons import trials
from provisioner.views.journal import journal_document
from tests.builders.documents import as_sent

READY = trials.READY(made_s=4, boot_s=31)


class Daemon:
    """Answers as a daemon does that needs so many looks for each trial; in the end it journals these reasons."""

    def __init__(self, *ends, looks=2, left=(), refuses=""):
        self.ends, self.looks, self.refuses = list(ends), looks, refuses
        self.standing, self.withdrawn, self.lines = [], [], {}
        self.left = [a_trial_desktop(name) for name in left]

    def give(self, kind, target):
        if target == self.refuses:
            raise OrderRefused(trials.NAMES_PROFILE(name=target, profiles="office"), frozenset({"trial_names_profile"}))
        self.standing.append(target)

    def withdraw(self, kind, target):
        self.standing.remove(target)
        self.withdrawn.append(target)
        return True

    def ask(self, resource, **query):
        return as_sent(resource, self._answer(resource, **query))

    def _answer(self, resource, **query):
        if resource == "desktops":
            return {"desktops": [*self.left, *map(a_trial_desktop, self.standing)]}
        if resource == "journal":
            return plain(journal_document(self.lines.get(query["subject"], [])))
        self.looks -= 1
        if self.looks < 0 and self.ends:
            for name, end in zip(self.standing, self.ends, strict=False):
                self.lines[name] = [withdrawn_entry(IntentKind.TRIAL, by="daemon", at=0.0, target=name, reason=end)]
            self.standing, self.ends = [], []
        return {"intents": [{"kind": "trial", "target": name} for name in self.standing]}


def a_trial_desktop(name):
    return {"name": "vd-5009", "phase": "starting", "seat": {"kind": "trial", "id": name}}


def tried(daemon, profiles, number):
    return try_desktops(daemon, profiles, number, pause=lambda _: None)


@pytest.mark.long
@pytest.mark.parametrize(
    ("end", "grade"),
    [
        (READY, Grade.GOOD),
        (trials.UNDATED(boot_s=3, why="it does not say when it was written"), Grade.DOUBTFUL),
        (trials.NO_AGENT(after_s=900, why="QEMU guest agent is not running"), Grade.BAD),
        (trials.FIRST_BOOT_FAILED(), Grade.BAD),
    ],
)
def test_what_a_trial_has_shown_is_a_finding_with_its_fix(end, grade):
    (finding,) = try_desktops(Daemon(end), ["office"], 1)

    assert (finding.grade, finding.code, finding.subject) == (grade, end.code, "profile office")
    assert bool(finding.fix) == (grade is not Grade.GOOD)


def test_three_of_each_profile_with_numbers_that_are_free():
    daemon = Daemon(*[READY] * 6, left=["office/2"])
    given = []
    give, daemon.give = daemon.give, lambda kind, target: (given.append(target), give(kind, target))
    daemon.left, left = [], daemon.left
    asked = daemon.ask
    daemon.ask = lambda resource, **query: (
        {"desktops": left} if resource == "desktops" and not given else asked(resource, **query)
    )

    findings = tried(daemon, ["office", "lab"], 3)

    assert given == ["office/1", "office/3", "office/4", "lab/1", "lab/2", "lab/3"]
    assert len(findings) == 6


def test_after_ctrl_c_the_order_is_withdrawn():
    daemon = Daemon(READY, looks=99)

    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        try_desktops(daemon, ["office"], 2, pause=interrupted)

    assert (daemon.withdrawn, daemon.standing) == (["office/1", "office/2"], [])


def test_after_a_refusal_what_was_ordered_before_is_withdrawn():
    daemon = Daemon(READY, looks=99, refuses="office/2")

    with pytest.raises(OrderRefused):
        tried(daemon, ["office"], 2)

    assert (daemon.withdrawn, daemon.standing) == (["office/1"], [])


def test_a_trial_that_somebody_else_has_ended_is_a_doubt():
    daemon = Daemon("zoe has changed her mind")

    (finding,) = tried(daemon, ["office"], 1)

    assert (finding.grade, finding.code) == (Grade.DOUBTFUL, "trial_ended_early")
