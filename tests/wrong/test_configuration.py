"""A refused reload, and changes that wait for a restart, are in the list of what is wrong."""

from dataclasses import replace

from provisioner.model.status import ConfigState
from provisioner.reasons.files import PROBLEM
from provisioner.reasons.reason import LINES, join_reasons
from provisioner.reasons.views import RESTART_WAITS
from provisioner.wrong.listing import wrong_in
from tests.builders.cluster import NOW
from tests.builders.monitors import a_status

FIRST = PROBLEM(place="/etc/bascule/surge.yaml:1:1", path="wavs", message="unknown key")
SECOND = PROBLEM(place="/etc/bascule/surge.yaml:2:1", path="x", message="unknown key")


def wrong(**config):
    listed = wrong_in(replace(a_status(at=NOW), config=ConfigState(read_at=NOW, **config)))
    return [(str(entry.says), entry.since) for entry in listed]


def test_a_configuration_in_force_is_not_worth_a_word():
    assert wrong() == []


def test_a_refused_reload_says_its_first_problem_and_how_many_more_there_are():
    said = "the files of the configuration are faulty, and what was read before is in force: "

    assert wrong(rejected=join_reasons((FIRST,), LINES), rejected_at=NOW) == [(said + str(FIRST), NOW)]
    assert wrong(rejected=join_reasons((FIRST, SECOND), LINES), rejected_at=NOW) == [(f"{said}{FIRST}, and 1 more", NOW)]


def test_what_waits_for_a_restart_is_named():
    assert wrong(waits_for_restart=("clusters", "log")) == [(str(RESTART_WAITS(keys="clusters, log")), NOW)]
