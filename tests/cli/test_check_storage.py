"""Output of `bascule check storage`, for a site whose cluster does not answer and for a site with measurements."""

from dataclasses import replace

import pytest

from provisioner.cli.check.storage import show
from provisioner.doctor.findings import doubtful
from provisioner.doctor.storage import StorageReport, examine_cluster
from provisioner.model.ids import ProfileName
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.reasons.storage import NO_TASK_LIST
from provisioner.rehearsal.storage_trials import TwinTrials
from provisioner.storage_advice.advice import advise, pools_of
from tests.builders.cli import a_lonely_site, bascule, files_of
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import a_profile_on
from tests.builders.storage import Bulk
from tests.builders.twin import a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path, agents=3)


def test_a_cluster_that_does_not_answer_is_said_with_a_fix(site):
    before = files_of(site.folder)

    ended = bascule("check", "storage", "--config", str(site.main))

    assert (ended.code, ended.err) == (1, "")
    said = ended.out.splitlines()
    assert said[0].startswith("BAD cluster melun: ")
    assert "Connection refused" in said[0]
    assert said[1] == "      fix: check endpoints, port 8006 and ca_file"
    assert said[2:] == ["no template's storage could be looked at"]
    assert files_of(site.folder) == before, "looking leaves nothing behind"


def test_json_stays_json_when_nothing_can_be_seen(site):
    site.change("ldif: people.ldif", "urls: [ldap://127.0.0.1:1]\n  tls: none\n  insecure: true")

    ended = bascule("check", "storage", "--json", "--config", str(site.main))

    assert (ended.code, ended.err) == (1, "")
    assert [finding["subject"] for finding in ended.document["findings"]] == ["directory", "cluster melun"]
    assert [finding["text_code"] for finding in ended.document["findings"]] == ["no_demand", "unreached"]
    assert [finding["text_arguments"] for finding in ended.document["findings"]] == [
        {"said": finding["text"]} for finding in ended.document["findings"]
    ]
    assert (ended.document["domains"], ended.document["pools"]) == ([], [])


def a_report(*, clones: int, spec: TwinSpec | None = None) -> StorageReport:
    bulk = Bulk(spec or a_spec(nodes=4, shared=True), clones=clones, in_flight=2)
    client = VirtualHypervisor(bulk.lab.twin, key=NOTE_KEY)
    found = examine_cluster(client, [a_profile_on(bulk.spec)], [], since=0.0)
    advice = tuple(advise(pool, TwinTrials()) for pool in pools_of(found.uses, {ProfileName("standard"): 1700}))
    reaches = found.reaches if spec else ()
    return StorageReport(
        uses=found.uses, reaches=reaches, advice=advice, findings=(doubtful("cluster lab", NO_TASK_LIST(nodes="n1")),)
    )


@pytest.mark.long
def test_what_was_measured_is_a_table_and_what_would_help_a_list(capsys):
    show(a_report(clones=100))

    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["?   cluster lab: no task list of n1: clones there are not counted", "      fix: bring the node back"]
    assert " ".join(said[2].split()) == "lock domain operations clones in flight time-outs s a clone clones/h rests on"
    domain, operations, clones, in_flight, timeouts, each, rate = said[3].split()[:7]
    assert (domain, operations, clones, timeouts) == ("lab/thin", "2", "100", "0")
    assert 1.5 < float(in_flight) < 2.0
    assert 1.2 < float(each) < 1.7
    assert int(rate) == pytest.approx(3600 / float(each), rel=0.01)
    assert said[3].endswith(f"measured on 100 clones, {in_flight} in flight")
    assert said[5].startswith("1700 desktops of standard: cloning takes ")
    assert [line.split(":")[0] for line in said[6::2]] == [
        "1. replicas on node-local storage",
        "2. 2 storage ids",
        "3. cloud-init drive on another storage",
        "4. full clones (slower)",
    ]
    assert all(line.startswith("   ") for line in said[7::2])


def test_where_desktops_can_be_made_is_a_table(capsys):
    shared = a_spec(nodes=4, shared=True)
    show(a_report(clones=0, spec=replace(shared, templates=shared.templates[:1])))

    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert said[2:5] == [
        "profile storage templates nodes desktops can be made on", "standard thin 1 4 pve1, pve2, pve3, pve4", "",
    ]  # fmt: skip


@pytest.mark.long
def test_what_is_slower_is_said_the_other_way_round(capsys):
    show(a_report(clones=100))

    (full,) = [line for line in capsys.readouterr().out.splitlines() if "full clones" in line]
    assert full.endswith(" times as slow")


def test_what_was_not_measured_is_no_figure(capsys):
    show(a_report(clones=0))

    said = capsys.readouterr().out
    assert "no measurement yet: 20 clones with two or more in flight are needed" in said
    assert "times as fast" not in said
    assert "1. 2 storage ids\n" in said
