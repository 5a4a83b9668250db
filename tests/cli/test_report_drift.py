"""Output of `bascule report drift`, as text and as JSON."""

from dataclasses import replace

import pytest

from provisioner.cli.report.drift import comparison_document, exit_code_of, show_comparison
from provisioner.daemon.drift import Comparison
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.reasons import drift
from provisioner.reasons.drift import RENAMED
from tests.builders.actions import a_key
from tests.builders.cli import a_lonely_site, bascule, files_of


def a_difference(kind=DifferenceKind.RENAMED, number=1):
    return Difference(kind=kind, subject=f"vd-500{number}", key=a_key(number), seen=RENAMED(name="marketing"))


def a_comparison(*differences, **changed):
    return Comparison(**{"differences": differences, "unseen": {}, "unread": {}, "notes_read": 1, **changed})


MOVED = a_difference(DifferenceKind.MOVED)


@pytest.mark.parametrize(
    ("comparison", "code"),
    [
        pytest.param(a_comparison(), 0, id="nothing differs"),
        pytest.param(a_comparison(MOVED), 0, id="what needs nobody"),
        pytest.param(a_comparison(MOVED, a_difference()), 1, id="something for a person"),
        pytest.param(a_comparison(a_difference(), unseen={"pve": "no"}), 3, id="a cluster was not seen"),
        pytest.param(a_comparison(unread={"pve/5001": "no"}), 3, id="a note was not read"),
    ],
)
def test_the_exit_code(comparison, code):
    assert exit_code_of(comparison) == code


def test_people_read_once_what_is_done_about_a_kind_and_then_each_case(capsys):
    show_comparison(a_comparison(a_difference(number=1), a_difference(number=2), MOVED))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "renamed (2): Bascule reports it and uses the desktop as before; the name is not put back",
        "to do: give it its name again: cloud-init hands the VM's name to the guest at its next start",
        "subject VM seen",
        "vd-5001 pve/5001 the VM is called marketing",
        "vd-5002 pve/5002 the VM is called marketing",
        "",
        "moved (1): Bascule manages it where it is now",
        "subject VM seen",
        "vd-5001 pve/5001 the VM is called marketing",
        "",
        "1 note read",
    ]


def test_programs_read_each_case_with_what_is_done():
    (difference,) = comparison_document(a_comparison(MOVED))["differences"]

    assert difference == {
        "kind": "moved",
        "subject": "vd-5001",
        "vm": "pve/5001",
        "seen": "the VM is called marketing",
        "seen_code": "renamed",
        "seen_arguments": {"name": "marketing"},
        "does": "manages it where it is now",
        "does_code": "drift_moved",
        "does_arguments": {},
        "person": "",
    }


def test_a_cluster_that_does_not_answer_is_said_and_nothing_is_left_behind(tmp_path):
    site = a_lonely_site(tmp_path)
    before = files_of(site.folder)

    ended = bascule("report", "drift", "--config", str(site.main))

    assert (ended.code, ended.out) == (3, "what could be seen is as the store has it\n0 notes read\n")
    assert ended.err.startswith("cluster melun cannot be observed: ")
    assert bascule("report", "drift", "--json", "--config", str(site.main)).document["unseen"].keys() == {"melun"}
    assert files_of(site.folder) == before


def test_k6_what_an_evacuation_has_moved_is_one_line(capsys):
    """K6: it was a line for each of hundreds of desktops; the document has each."""
    moved = [replace(MOVED, subject=f"vd-{number}") for number in range(5001, 5101)]
    elsewhere = replace(MOVED, subject="vd-6001", seen=drift.MOVED(node="n9", former="n1"))
    comparison = a_comparison(*moved, elsewhere)

    show_comparison(comparison)

    said = capsys.readouterr().out
    assert ("moved (101)" in said, "vd-5001 and 99 more" in said, "vd-6001" in said) == (True, True, True)
    assert len(comparison_document(comparison)["differences"]) == 101
