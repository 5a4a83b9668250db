"""docs/en/check.md lists what `bascule check` finds."""

from provisioner.reasons import expiry, images, neighbours, templates, waves
from provisioner.reasons.reason import KINDS, ReasonKind
from tests.doctor import check_page, test_mistakes

PARTS = ("replica_disks", "replica_drives", "replica_setting", "name_server", "cluster_endpoint", "directory_server")
PARTS += ("span_days", "span_hours")
"""Parts of other findings."""
OUTCOMES = ("image_good", "image_no_root", "image_unreadable", "image_unreadable_part", "image_unknown_format")
OUTCOMES += ("image_tool_missing", "image_tool_failed", "image_tool_long", "image_many_files")
"""No faults of an image."""


def test_the_page_is_what_the_table_says():
    assert check_page.PAGE.read_text(encoding="utf-8") == check_page.page(), "python -m tests.doctor.check_page"


def test_every_finding_of_these_subjects_is_on_it():
    kinds = (kind for module in (expiry, images, neighbours, templates, waves) for kind in vars(module).values())
    codes = {kind.code for kind in kinds if isinstance(kind, ReasonKind)}

    assert codes - {*PARTS, *OUTCOMES} <= check_page.listed().keys() <= KINDS.keys()


def test_its_severities_are_those_of_the_mistakes():
    marks = (mark for test in vars(test_mistakes).values() for mark in getattr(test, "pytestmark", ()))
    rows = [row.values for mark in marks for row in mark.args[1] if len(row.values) == 4]
    assert len(rows) > 60
    for _, code, grade, _ in rows:
        assert grade.value in check_page.listed()[code], code


def test_every_fault_has_a_fix():
    by_case = ("no_agent_of", "room_", "attribute_unseen", "enabled_unseen", "end_date_unseen")
    assert all(KINDS[code].act or code.startswith(by_case) for code in check_page.listed())
