"""Issue 35, point 4: `check` says whether the daemon would make anybody ready. The law is in tests/law/doctor."""

import tempfile
from dataclasses import replace
from pathlib import Path

from provisioner.doctor.cluster import examine
from provisioner.doctor.findings import Grade
from provisioner.model.ids import ClusterId, NodeName, ProfileName, Vmid
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import note_for
from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.vm_marks import tags_for
from tests.builders.actions import a_reservation
from tests.builders.checkup import Checkup, a_surge, alarms
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_desktop
from tests.builders.pve import NOTE_KEY
from tests.builders.records import records_of
from tests.builders.twin import STORAGE, a_spec
from tests.doctor.test_mistakes import as_another_account

SITE = Checkup(spec=a_spec(nodes=2))
_NOBODY = {"nobody_ready", "nobody_ready_store", "nobody_ready_people"}


def _said(site: Checkup, folder) -> str:
    *_, last = site.findings(folder)
    assert last.subject == "switch"
    assert (last.code in _NOBODY) is (last.grade is Grade.BAD)
    return last.text


def test_who_is_wanted_now_gets_one_within_the_time_that_is_named(tmp_path):
    """Ten minutes for a clone, two for its start, a quarter of an hour until it is ready; and the looks before."""
    assert _said(SITE, tmp_path) == (
        "people who wait for a desktop: 40; with the daemon running, the first has one ready within 30 min at the latest"
    )


def test_of_a_wave_that_has_not_opened_nobody_waits(tmp_path):
    assert _said(SITE.but(scenario=a_surge(starts_at=NOW + 3600)), tmp_path) == "nobody waits for a desktop now"


def test_under_a_freeze_nobody_is_made_ready(tmp_path):
    """It was a doubt alone: `check` ended with 0."""
    (tmp_path / "freeze").touch()

    assert _said(SITE, tmp_path).endswith("nobody ready: clone: frozen by an operator: `bascule thaw` lets it go on")


def test_templates_that_are_all_locked_are_a_fault_and_some_of_them_a_doubt(tmp_path):
    def locked(*vmids: int) -> Checkup:
        def lock(twin) -> None:
            for vmid in vmids:
                twin.cluster.guests[vmid].config["lock"] = "backup"
                twin.cluster.guests[vmid].changed()

        return SITE.but(meddle=lock)

    assert "locked" in _said(locked(9001, 9002), tmp_path)
    assert "nobody_ready" not in alarms(locked(9001).findings(tmp_path))


def test_a_store_that_this_account_cannot_write_to():
    """A file that is there was not looked at; the daemon does not start on it."""
    with tempfile.TemporaryDirectory() as home:  # pytest's own is for root alone
        Path(home).chmod(0o755)
        (Path(home) / "bascule.db").touch(mode=0o444)
        settings, outside, now = SITE.site(Path(home))
        with as_another_account():
            there = alarms(examine(settings, outside, now=now))

    assert {"store_read_only", "nobody_ready_store"} <= there.keys()


def test_notes_of_another_key(tmp_path):
    """Nothing new was made, and `check` was silent. Whether the store knows the desktop or not."""
    other = replace(NOTE_KEY, secret=b"another")

    def with_a_desktop(twin) -> None:
        guest = twin.cluster.add_guest(20_001, "pve1")
        made = a_reservation(20_001 - 5000, vmid=Vmid(20_001), cluster=ClusterId(twin.spec.name))
        guest.config |= {"name": "vd-20001", "tags": "bascule-test", "description": note_for(made, other)}
        guest.changed()

    assert "nobody_ready" in alarms(SITE.but(meddle=with_a_desktop).findings(tmp_path))


def test_who_has_a_desktop_that_answers_nothing_any_more_waits_for_an_operator(tmp_path):
    """It was "within 30 min": the question that is put again was taken for a step."""
    place = {"cluster": ClusterId(SITE.spec.name), "vmid": Vmid(20_001), "node": NodeName("pve1")}
    dead = a_desktop(1, Phase.SILENT, name="vd-20001", profile=ProfileName("standard"), **place)
    note = note_for(dead.reservation, NOTE_KEY)
    tags = ";".join(sorted(tags_for(a_profile("standard"), NOTE_KEY.installation)))
    vm = GuestSpec(vmid=20_001, node="pve1", name="vd-20001", storage=STORAGE, running=True, tags=tags, description=note)
    kept = records_of(dead.reservation)["vd-20001"]
    kept = replace(kept, reservation=dead.reservation, report=dead.report, unheard=dead.unheard, started_at=dead.started_at)
    site = SITE.but(spec=a_spec(nodes=2, guests=(vm,)), agents=1, records=Records(desktops={"vd-20001": kept}))

    assert "nobody ready: it was ready, and has not answered for some minutes" in _said(site, tmp_path)


def test_entitlements_for_nobody_leave_nobody_waiting(tmp_path):
    """That is a fault of its own."""
    nobody = (Entitlement(profile=ProfileName("standard"), who=Selection(groups=frozenset({"none"}))),)

    assert _said(SITE.but(entitlements=nobody), tmp_path) == "nobody waits for a desktop now"
    assert "nobody_entitled" in alarms(SITE.but(entitlements=nobody).findings(tmp_path))


def test_desktops_of_a_profile_that_is_renamed_are_a_doubt_before_a_reload(tmp_path):
    """`check` had no doubt, and afterwards nobody was asked who is logged on."""
    cluster = ClusterId(SITE.spec.name)
    kept = records_of(*(a_reservation(number, cluster=cluster, profile=ProfileName("former")) for number in (1, 2, 3)))
    found = SITE.but(agents=1, records=Records(desktops=kept)).findings(tmp_path)

    said = [(each.grade, each.text) for each in found if each.code == "profile_unconfigured"]
    assert [grade for grade, _ in said] == [Grade.DOUBTFUL]
    assert said[0][1].startswith("profile former is not configured any more; desktops that have it: 3; ")
    assert "profile_unconfigured" not in [each.code for each in SITE.findings(tmp_path)]
