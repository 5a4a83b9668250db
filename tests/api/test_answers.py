"""The documents as types: current, and true to the contract; and a document written by hand in a test is held against it."""

import re
from pathlib import Path

import pytest

from provisioner.api.answers import FILE, answers_text
from provisioner.cli import documents
from provisioner.cli.output import plain
from provisioner.views.desktops import desktops_document
from tests.builders.core import a_desktop
from tests.builders.documents import as_sent
from tests.builders.views import a_publication

ROOT = Path(__file__).parents[2]
TEXT = answers_text()
DESKTOP = plain(desktops_document(a_publication(a_desktop(1), wanted=1)))["desktops"][0]


def test_the_committed_types_are_current():
    assert (ROOT / FILE).read_text(encoding="utf-8") == TEXT, "make schema writes them anew"


def test_a_constant_is_the_path_that_is_asked():
    constants = re.findall(r"^([A-Z_]+): Resource\[(\w+)\]$", TEXT, re.MULTILINE)

    assert ("DESKTOPS", "DesktopsDocument") in constants
    assert [getattr(documents, name) for name, _ in constants] == [name.lower().replace("_", "/") for name, _ in constants]
    assert documents.REPORTS_SURGE == "reports/surge"


def test_a_type_has_the_keys_of_its_document_and_none_besides():
    (fields,) = re.findall(r"^class DesktopDocument\(TypedDict\):\n((?:    .*\n)+)", TEXT, re.MULTILINE)

    assert re.findall(r"^    (\w+):", fields, re.MULTILINE) == list(DESKTOP)
    assert "    target: TargetDocument | None\n" in fields
    assert "wanted" not in DESKTOP


def test_what_the_daemon_sends_may_be_written_by_hand_and_left_out_in_part():
    assert as_sent("desktops", {"desktops": [DESKTOP]})["desktops"] == [DESKTOP]
    as_sent("desktops", {"desktops": [{"name": "vd-1", "seat": None}]})
    as_sent("capacity", {"capacity": [{"profile": "office", "free": 3}]})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"wanted": None}, r"desktops\.desktops\[\] has no 'wanted'"),
        ({"target": {"level": "ready", "wanted": True}}, r"desktops\.desktops\[\]\.target has no 'wanted'"),
        ({"vmid": "100"}, r"desktops\.desktops\[\]\.vmid is not of type integer"),
        ({"seat": "agent"}, r"desktops\.desktops\[\]\.seat is no"),
        ({"quarantined": 1}, "quarantined is not of type boolean"),
        ({"vmid": True}, "vmid is not of type integer"),
    ],
)
def test_a_document_that_the_daemon_never_sends_fails_the_test_that_wrote_it(changed, says):
    with pytest.raises(AssertionError, match=says):
        as_sent("desktops", {"desktops": [{**DESKTOP, **changed}]})
