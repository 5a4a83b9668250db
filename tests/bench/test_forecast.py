"""A few hidden twins: the forecast knows a history of desktops and not the durations, and its band holds what comes."""

import pytest

from provisioner.rehearsal.bands import DRAWS
from tests.bench.forecast import HISTORIES, TWINS, Case, all_cases, default_spec, hidden_spec, run

pytestmark = pytest.mark.long


def test_bands_hold_what_comes_on_a_few_small_twins():
    cases = [
        Case(twin="shared-1", seed=1, history=24),
        Case(twin="slow-nfs", seed=6, history=24, amid=True),
        Case(twin="ceph-1", seed=2, history=10),
        Case(twin="wide-3", seed=3, history=24),
    ]

    found = run(cases, desktops=(24, 30))

    assert len(found["cases"]) == len(cases)
    assert sum(case["held"] for case in found["cases"]) >= len(cases) - 1, "nine of ten, and these are four"


def test_a_hidden_twin_differs_in_its_durations_alone_and_is_always_the_same():
    hidden, default = hidden_spec("shared-1", seed=4), default_spec("shared-1")

    assert hidden == hidden_spec("shared-1", seed=4)
    assert (hidden.nodes, hidden.templates) == (default.nodes, default.templates)
    assert hidden.durations.boot_s != default.durations.boot_s
    assert hidden.storages[0].image_operation_s != default.storages[0].image_operation_s


def test_each_question_is_asked_about_each_shape():
    asked = {(case.twin, case.history, case.amid) for case in all_cases(twins=56)}

    assert len(asked) == len(TWINS) * len(HISTORIES) * 2
    assert len(all_cases(twins=9, every=True)) == 9 * len(HISTORIES) * 2
    assert DRAWS == 8, "the tail of Student's t in `bands` is that of eight"
