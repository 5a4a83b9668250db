"""Standing readiness: each precondition that breaks is named the next night, and clean nights stay at 100."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.capabilities.readiness.asking import inputs_of
from provisioner.capabilities.readiness.commands.readiness import _tried
from provisioner.capabilities.readiness.documents import readiness_document
from provisioner.capabilities.readiness.gauges import labels_of
from provisioner.capabilities.readiness.model import Readiness
from provisioner.capabilities.readiness.reasons import FROZEN
from provisioner.capabilities.readiness.rule import ReadinessInputs, readiness_of
from provisioner.cli.ordering import Desk
from provisioner.cli.output import plain
from provisioner.doctor.findings import Grade, bad, doubtful
from provisioner.errors import DirectoryUnavailable, StoreError
from provisioner.model.guard import GuardRecord, Quarantine
from provisioner.model.ids import ProfileName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.twin_spec import KillNode, StorageSpec
from provisioner.model.people.profiles import Addressing
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.pve.privileges import NEEDED
from provisioner.reasons import subjects
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.trials import ENDED_EARLY, IN_A_SURGE, LAST_PLACE, NOT_TRIED, PORT_CLOSED, UNDATED
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.twin.twin import Twin
from tests.builders.checkup import Checkup, a_surge, a_wave
from tests.builders.cluster import NOW
from tests.builders.twin import a_spec
from tests.doctor.test_mistakes import certificate, clock, token, without_bridge

SITE = Checkup(spec=a_spec(nodes=3), agents=24)
OFFICE, CAD = ProfileName("office"), ProfileName("cad")


def night(site: Checkup, folder: Path) -> Readiness:
    settings, outside, now = site.site(folder)
    return readiness_of(inputs_of(settings, outside, now=now))


def codes(answer: Readiness) -> set[str]:
    """Of what is named, with what is inside it."""
    found = set()

    def add(reason: str) -> None:
        if isinstance(reason, Reason):
            found.add(reason.code)
            for value in reason.arguments.values():
                add(value)

    for reason in (*(cause.what for cause in answer.causes), *answer.doubts):
        add(reason)
    return found


@pytest.mark.long
def test_a_sound_site_is_at_100(tmp_path):
    answer = night(SITE, tmp_path)

    assert (answer.percent, answer.ready, answer.wanted, answer.causes, answer.doubts) == (100, 24, 24, (), ())


def small(**changed: Any) -> Checkup:
    return SITE.but(spec=replace(SITE.spec, **changed))


def without_template(twin: Twin) -> None:
    twin.cluster.drop_guest(twin.cluster.guests[9002])


def node_lost(twin: Twin) -> None:
    twin.faults.arm(KillNode(node="pve3", at_s=0.0))
    while twin.cluster.nodes["pve3"].alive:
        twin.events.step()


FULL = Addressing(network="10.40.0.0/24", gateway="10.40.0.1", first="10.40.0.10", last="10.40.0.19")
HELD = Quarantine(since=NOW - 60, read_at=NOW - 60, reason=Reason("9 of 24 have left"), leavers=9, joiners=0)
QUARANTINED = SITE.but(records=Records(guard=GuardRecord(quarantine=HELD)))
FREEZE = Intent(kind=IntentKind.FREEZE, by="ops", at=NOW - 60)
VPN = Ceiling(name="vpn", limit=100, in_use="sum(vpn)")


@pytest.mark.long
@pytest.mark.parametrize(
    ("site", "code", "ready"),
    [
        pytest.param(SITE.but(meddle=token(-1)), "token_refused", 0, id="the token has expired"),
        pytest.param(SITE.but(meddle=token(0.25)), "token_ends_in_switch", 0, id="the token expires tonight"),
        pytest.param(SITE.but(rights={**NEEDED, "/storage": frozenset()}), "rights_lacking", 0, id="a right was taken"),
        pytest.param(SITE.but(meddle=without_template), "templates", 0, id="the template is missing on one node"),
        pytest.param(SITE.but(profile={"addressing": FULL}), "addresses", 10, id="the address range is full"),
        pytest.param(SITE.but(vmids=(20_000, 20_011)), "vmids", 12, id="too few VMIDs"),
        pytest.param(QUARANTINED, "readiness_quarantined", 0, id="quarantine"),
        pytest.param(SITE.but(meddle=certificate(0.25)), "node_certificate_ends_in_switch", 0, id="a certificate ends tonight"),
        pytest.param(
            small(storages=(StorageSpec(storage="thin", shared=False, size_gib=100),)),
            "storage",
            9,
            id="the storage is full",
        ),
        pytest.param(
            SITE.but(meddle=node_lost), "node_takes_none", 0, id="a node is lost"
        ),
        pytest.param(SITE.but(meddle=without_bridge("pve2")), "bridge_missing", 0, id="one node has lost its bridge"),
        pytest.param(SITE.but(records=Records(intents=(FREEZE,))), "readiness_frozen", 0, id="a freeze stands"),
        pytest.param(SITE.but(agents=0), "no_agents", 0, id="the directory is empty"),
        pytest.param(
            SITE.but(
                scenario=a_surge(a_wave(), ceilings=(VPN,)),
                settings={"prometheus": PrometheusSettings(url="http://127.0.0.1:1", timeout_s=0.2)},
            ),
            "figures_unreachable",
            0,
            id="the query of a ceiling fails",
        ),
    ],
)  # fmt: skip
def test_what_breaks_is_named_and_the_number_falls(site, code, ready, tmp_path):
    """Named as the alert says it: by the labels of the metric."""
    answer = night(site, tmp_path)

    assert answer.percent < 100
    assert code in {label for cause in answer.causes for label in labels_of(cause.what)}, answer
    assert answer.ready == ready, answer


class Fails:
    """An outside system that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("part", "error", "code"),
    [
        pytest.param(
            "directory", DirectoryUnavailable("no server answers"), "directory_unavailable", id="the directory is away"
        ),
        pytest.param("store", StoreError("disk I/O error"), "store_fails", id="the store cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_cause_and_no_error(part, error, code, tmp_path):
    settings, outside, now = SITE.site(tmp_path)
    setattr(outside, part, Fails(error))

    answer = readiness_of(inputs_of(settings, outside, now=now))

    assert answer.percent == 0
    assert "readiness_not_rehearsed" in codes(answer)
    assert any(cause.what.arguments.get("subject") == getattr(subjects, part.upper())() for cause in answer.causes), (
        code,
        answer,
    )


@pytest.mark.long
def test_what_costs_nobody_a_desktop_is_named_as_a_doubt(tmp_path):
    answer = night(SITE.but(meddle=clock(90)), tmp_path)

    assert (answer.percent, answer.causes) == (100, ())
    assert "node_clock_ahead" in codes(answer)


@pytest.mark.long
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.night) for seed in range(3, 30))])
def test_on_thirty_clean_nights_it_never_falls(seed, tmp_path):
    answer = night(small(seed=seed) if seed else SITE, tmp_path)

    assert (answer.percent, answer.causes) == (100, ())


def inputs(**changed: Any) -> ReadinessInputs:
    return replace(ReadinessInputs(at=NOW, scenario="surge", profiles={OFFICE: 30, CAD: 10}, in_time=40), **changed)


def of_profile(name: ProfileName, text: Reason, how=bad):
    return how(subjects.PROFILE(profile=name), text)


def test_an_image_that_nobody_can_log_on_to_costs_the_people_of_its_profile():
    """As a trial desktop has shown."""
    answer = readiness_of(inputs(findings=(of_profile(CAD, PORT_CLOSED()),)))

    assert (answer.percent, answer.ready) == (75, 30)
    assert [cause.people for cause in answer.causes] == [10]
    assert "trial_port_closed" in codes(answer)


def test_a_profile_with_two_faults_is_lost_once():
    answer = readiness_of(inputs(findings=(of_profile(CAD, PORT_CLOSED()), of_profile(CAD, Reason("no template")))))

    assert (answer.ready, len(answer.causes)) == (30, 2)


def test_who_is_late_may_be_of_the_profile_with_the_fault_or_not_so_both_are_taken_off():
    answer = readiness_of(inputs(in_time=36, findings=(of_profile(CAD, PORT_CLOSED()),)))

    assert (answer.ready, sorted(cause.people for cause in answer.causes)) == (26, [4, 10])


def test_a_doubt_costs_nothing_and_nobody_wanted_is_no_hundred():
    assert readiness_of(inputs(findings=(of_profile(CAD, UNDATED(boot_s=1, why=Reason("x")), doubtful),))).percent == 100
    assert readiness_of(inputs(profiles={}, in_time=0)).percent == 0


@pytest.mark.parametrize(
    ("tried", "untried"),
    [
        pytest.param([], "", id="none was asked for"),
        pytest.param([of_profile(CAD, IN_A_SURGE(state="running"), doubtful)], "trial_in_a_surge", id="in a surge"),
        pytest.param([of_profile(CAD, LAST_PLACE(free=1), doubtful)], "trial_last_place", id="the last place"),
        pytest.param([of_profile(CAD, NOT_TRIED(why=FROZEN()), doubtful)], "trial_not_tried", id="refused"),
        pytest.param([of_profile(CAD, ENDED_EARLY(why=FROZEN()), doubtful)], "trial_ended_early", id="withdrawn"),
        pytest.param([of_profile(CAD, UNDATED(boot_s=1, why=FROZEN()), doubtful)], "", id="made, with a doubt"),
        pytest.param([of_profile(CAD, PORT_CLOSED())], "", id="made, with a fault"),
        pytest.param(
            [of_profile(CAD, LAST_PLACE(free=1), doubtful), of_profile(OFFICE, PORT_CLOSED())], "", id="of one profile"
        ),
    ],
)
def test_a_trial_that_was_asked_for_and_shows_nothing_is_no_hundred(tried, untried):
    answer = readiness_of(inputs(trial=tuple(tried)))

    assert (answer.untried.code, answer.percent is None) == (untried, bool(untried))


def test_where_everything_fails_anyway_no_trial_is_missed():
    answer = readiness_of(inputs(against=(FROZEN(),), trial=(of_profile(CAD, IN_A_SURGE(state="running"), doubtful),)))

    assert (answer.percent, answer.untried) == (0, NONE)


def test_it_is_rounded_down_so_that_100_is_everybody():
    assert readiness_of(inputs(profiles={OFFICE: 1700}, in_time=1699)).percent == 99


@pytest.mark.parametrize(
    ("at", "away"),
    [
        pytest.param("nowhere.sock", "no_order_without_daemon", id="the daemon has ended"),
        pytest.param(None, "no_order_without_daemon", id="no daemon is known"),
    ],
)
def test_a_trial_without_the_daemon_is_a_doubt_and_nobody_knows_what_it_would_have_shown(at, away, tmp_path):
    settings = SITE.site(tmp_path)[0]
    (doubt,), why = _tried(settings, Desk(at=at and tmp_path / at), {OFFICE: 1})

    assert (doubt.grade, doubt.code, why.code) == (Grade.DOUBTFUL, "trial_not_tried", away)


def test_a_program_gets_the_number_and_codes():
    document: Any = plain(readiness_document(readiness_of(inputs(in_time=30))))

    assert (document["percent"], document["wanted"], document["ready"]) == (75, 40, 30)
    assert [(cause["people"], cause["because"]["code"]) for cause in document["causes"]] == [(10, "readiness_late")]
