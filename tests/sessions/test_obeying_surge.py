"""Session rules in virtual time: desktops ask, the unchanged reconciler answers, people who are disconnected are logged off."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import LogOns, PushSpec
from provisioner.model.session_rules import SessionRules
from provisioner.model.words import SessionOrderWord as Word
from provisioner.sessions.push import Push
from provisioner.twin.twin import SignedAsk
from tests.builders.core import an_agent
from tests.builders.rehearsal import FIRST_VMID
from tests.builders.twin import a_spec
from tests.sessions.surge import PushedSurge

pytestmark = pytest.mark.long

Way = Callable[[PushedSurge], SignedAsk]
AGENTS = 3
LASTS_S = 3000.0


def played(rules: SessionRules, people: LogOns, *, obeys: bool = True, way: Way | None = None) -> PushedSurge:
    """All three people log on within a minute of their desktops being ready."""
    spec = a_spec(nodes=2, log_ons=people, push=PushSpec(share=1.0, obeys=obeys))
    surge = PushedSurge(spec, agents=[an_agent(number) for number in range(AGENTS)], way=way)
    (profile,) = surge.config.profiles.values()
    surge.config = replace(surge.config, profiles={profile.name: replace(profile, session_rules=rules)})
    for _ in surge.play(until_s=LASTS_S):
        counted[id(surge)] = dict(surge.figures.orders)
    return surge


counted: dict[int, dict[Word, int]] = {}
"""Of each surge: what desktops asked and were ordered, by the last status."""


def log_offs(surge: PushedSurge) -> list[float]:
    """How long each session that ended had been disconnected, or open."""
    found = []
    for vmid in range(FIRST_VMID, FIRST_VMID + AGENTS):
        noted = surge.guest(vmid).noted
        ends = [entry.at for entry in noted if entry.word == "logoff"]
        begins = [entry.at for entry in noted if entry.word in ("disconnect", "logon")]
        found += [end - max(at for at in begins if at < end) for end in ends]
    return found


AWAY = LogOns(concurrent=AGENTS, away_after_s=300.0, away_s=1e6)
HERE = LogOns(concurrent=AGENTS)


def test_who_is_disconnected_is_logged_off_when_the_time_is_over_and_not_earlier():
    surge = played(SessionRules(disconnected_s=1200.0), AWAY)

    assert [1200.0 <= away <= 1230.0 for away in log_offs(surge)] == [True] * AGENTS
    journal = [line for line in surge.store.journal() if line.what == "log_off"]
    assert len(journal) == AGENTS
    assert counted[id(surge)][Word.LOG_OFF] == AGENTS


def test_who_is_connected_stays():
    surge = played(SessionRules(disconnected_s=60.0), HERE)

    assert log_offs(surge) == []
    assert counted[id(surge)][Word.ANSWERED] > AGENTS


def test_the_longest_time_comes_after_its_messages():
    surge = played(SessionRules(maximum_s=1800.0), HERE)

    assert [1800.0 <= open_s <= 1830.0 for open_s in log_offs(surge)[:AGENTS]] == [True] * AGENTS
    first = [(about, minutes) for _, vmid, _, about, minutes in surge.obeying.shown if vmid == FIRST_VMID]
    assert first[:2] == [("maximum", 15), ("maximum", 5)]


def test_an_image_that_does_not_obey_and_a_profile_without_rules_change_nothing():
    assert log_offs(played(SessionRules(disconnected_s=60.0), AWAY, obeys=False)) == []
    assert log_offs(played(SessionRules(), AWAY)) == []


def on_its_way(seconds: float, *, forged: str = "") -> Way:
    """The answer is so long on its way; `forged`: with another signature."""

    def way(surge: PushedSurge) -> SignedAsk:
        def ask(push: Push, answered: Callable[[tuple[str, str] | None], None]) -> None:
            signed = surge.answer_to(push)
            if signed is not None and forged:
                signed = signed[0], forged
            surge.events.after(seconds, lambda: answered(signed))

        return ask

    return way


@pytest.mark.parametrize(
    ("way", "logged_off"),
    [
        pytest.param(on_its_way(3.0), AGENTS, id="seconds on its way"),
        pytest.param(on_its_way(90.0), 0, id="older than a minute: it is none"),
        pytest.param(on_its_way(3.0, forged="00" * 32), 0, id="not signed by the daemon"),
    ],
)
def test_over_a_way_that_takes_time_only_a_fresh_and_signed_answer_is_obeyed(way: Way, logged_off: int):
    surge = played(SessionRules(disconnected_s=1200.0), AWAY, way=way)

    assert [1200.0 <= away <= 1240.0 for away in log_offs(surge)] == [True] * logged_off
    assert counted[id(surge)][Word.ANSWERED] > AGENTS, "they go on asking"
