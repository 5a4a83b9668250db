"""`bascule scenario drill --canary`: what is refused before anything is made, and what the report says."""

import pytest

from provisioner.capabilities.readiness.commands.canary import canary_document, canary_report
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill
from provisioner.cli.check.trial_round import TrialRound
from provisioner.cli.output import plain
from provisioner.doctor.findings import doubtful
from provisioner.model.probes import ProbeStep
from provisioner.reasons import subjects, trials
from tests.builders.cli import a_lonely_site, bascule
from tests.cli.test_trial_round import CEPH, OFFICE, PROFILES, THIN, Daemon, reached

SCENARIO = "name: drill\nwaves:\n  - {name: first, who: everyone}\n"


@pytest.fixture(scope="module")
def report():
    """Two desktops; that on `thin` lets nobody in."""

    def reach(row):
        return reached(row, ProbeStep.AUTHENTICATE if row["name"] == "vd-thin" else None)

    class Two(Daemon):
        def ask(self, resource, **query):
            answer = super().ask(resource, **query)
            for row in answer.get("desktops", ()):
                row["name"] = "vd-thin" if "/thin/" in row["seat"]["id"] else "vd-ceph"
            return answer

    daemon = Two()
    tried = TrialRound(daemon=daemon, profiles=PROFILES, reach=reach, pause=lambda _: None).run(
        {(OFFICE, CEPH): 1, (OFFICE, THIN): 1}
    )
    left_out = [doubtful(subjects.PROFILE(profile="cad"), trials.LAST_PLACE(free=1))]
    assert daemon.standing == []
    return plain(canary_document("drill", 0.0, 2.0, tried, left_out))


def test_each_desktop_is_reported_with_its_times_and_what_was_left_out(report):
    assert (report["scenario"], report["planned"], report["ready"]) == ("drill", 2, 1)
    good, bad = report["desktops"]
    assert (good["storage"], good["desktop"], good["reached"], good["took_ms"]) == ("pve/ceph", "vd-ceph", True, 20)
    assert (bad["storage"], bad["reached"], bad["because"]["code"]) == ("pve/thin", False, "trial_unreached")
    assert [step["step"] for step in bad["steps"]] == ["connect", "authenticate"]
    assert report["left_out"][0]["because"]["code"] == "trial_last_place"


def test_for_people_it_has_a_sentence_a_table_and_what_was_left_out(report):
    made = canary_report(report)

    assert "1 of 2 desktops were made, ready and reached" in made.lines
    assert any(line.startswith("profile cad: no trial desktop was made") for line in made.lines)
    assert [table.name for table in made.tables] == ["desktops", "steps"]
    assert [row[6] for row in made.tables[0].rows] == ["reached", "not reached"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param((), "say where it is tried", id="neither"),
        pytest.param(("--on", "twin", "--canary", "2%"), "say where it is tried", id="both"),
        pytest.param(("--canary", "50%"), "at most 10 %", id="half of the people"),
        pytest.param(("--canary", "0"), "above 0", id="nobody"),
        pytest.param(("--canary", "many"), "above 0", id="no number"),
    ],
)
def test_what_it_cannot_do_is_said_before_anything_is_made(tmp_path, words, says):
    site = a_lonely_site(tmp_path).write("drill.yaml", SCENARIO)

    ended = bascule("scenario", "drill", str(site.folder / "drill.yaml"), *words, "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_a_drill_has_held_if_nobody_was_left_and_no_batch_was_late():
    def drill(**changed):
        return KeptDrill(**{"at": 0.0, "scenario": "s", "place": DrillPlace.TWIN, "planned": 9, "ready": 9, **changed})

    assert drill().held
    assert not drill(ready=8).held
    assert not drill(late_batches=1).held
