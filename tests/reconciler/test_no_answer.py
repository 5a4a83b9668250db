"""A call that never ends: the loop gives it up, reports it, and writes nothing based on an old view."""

from monitors.health import liveness_problems, readiness_problems
from monitors.metric import KnownNames
from monitors.recorder import Recorder, State
from provisioner import errors
from provisioner.model.commands import Completion, Observe
from tests.builders.cluster import PVE
from tests.builders.reconciler import Site, ready


def ask(site: Site, *, after: float) -> list[object]:
    """The commands due after this time; none is answered."""
    site.clock.at += after
    return list(site.reconciler.commands())


def why_not_ready(site: Site) -> tuple[str, ...]:
    """The reason that `/readyz` shows."""
    recorder = Recorder(clock=site.clock, known=KnownNames(clusters=(PVE,)))
    recorder.status(site.status)
    state: State = recorder.state
    return readiness_problems(state, now=site.clock.at, max_cycle_age_s=120.0)


def test_a_cluster_that_never_answers_is_paused_and_told_after_a_minute():
    """A13: `/readyz` reported ready with a view one hour old."""
    site = ready(1)
    assert [type(command) for command in ask(site, after=60)] == [Observe]
    ask(site, after=61)

    assert "no answer for" in site.status.paused[PVE]
    assert any("no answer for" in reason for reason in why_not_ready(site))
    assert any("no answer for" in text for _, text in site.heard.notices)
    assert site.status.paused[PVE].arguments["said"].code == "observation_late", "French has it in French"


def test_it_is_asked_again_and_a_late_answer_does_no_harm():
    """A13: the first request is given up after some minutes."""
    site = ready(1)
    (first,) = ask(site, after=60)
    assert isinstance(first, Observe)
    ask(site, after=61)
    again = ask(site, after=300)
    assert [type(command) for command in again] == [Observe]
    site.end(again[0], answer=site.cluster.view(again[0], site.clock.at))  # type: ignore[arg-type]
    assert site.status.paused == {}
    old = site.cluster.view(first, site.clock.at - 361)
    late = Completion(command=first, started_at=old.taken_at, ended_at=site.clock.at, answer=old)
    site.reconciler.take_in(late)

    assert site.reconciler.flight.snapshot.clusters[PVE].taken_at > old.taken_at


def test_an_order_that_is_never_answered_is_looked_for():
    """A13: as after a lost answer."""
    site = Site(agents=1)
    (clone,) = site.look()
    for _ in range(40):
        site.look(after=10)

    reasons = [outcome.reason for outcome in site.heard.outcomes if outcome.desktop == clone.desktop]  # type: ignore[union-attr]
    assert reasons == ["its answer was lost, and it has left no trace"]


def test_a_cluster_whose_looks_are_refused_is_not_ready():
    """E10: each observation ended with 401, and `/readyz` reported ready."""
    site = ready(1)
    site.unseen[PVE] = errors.Unauthorised("401: the token expired")
    site.look(after=60)

    assert why_not_ready(site) == ("cluster pve: nothing is written there: it cannot be observed: 401: the token expired",)


def test_a_daemon_that_has_never_seen_its_cluster_lives_and_says_why_it_is_not_ready():
    """B: `/healthz` reported it as hung after two minutes, and `/readyz` said only that no cycle had ended."""
    site = Site(agents=1)
    recorder = Recorder(clock=site.clock, known=KnownNames(clusters=(PVE,)))
    site.unseen[PVE] = errors.NotSent("pve1: Connection refused")
    for _ in range(30):
        site.look(after=10)
    for status in site.heard.statuses:
        recorder.status(status)

    assert liveness_problems(recorder.state, now=site.clock.at, max_cycle_age_s=120) == ()
    (reason, *_) = readiness_problems(recorder.state, now=site.clock.at, max_cycle_age_s=120)
    assert reason == ("cluster pve was never observed, nothing is known of it: it cannot be observed: pve1: Connection refused")
