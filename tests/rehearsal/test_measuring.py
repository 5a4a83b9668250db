"""What a listener of the control loop measures: clones by lock domain, boots by node, answers by cluster."""

from collections import Counter

import pytest

from provisioner.model.ids import ClusterId
from provisioner.model.scenario.etas import MeasuredKind
from provisioner.ports import ApiCall
from provisioner.rehearsal.measuring import Measuring
from tests.builders.rehearsal import measured_on
from tests.builders.twin import a_spec


@pytest.mark.long
def test_each_clone_and_each_first_boot_is_measured_where_it_was():
    measured = measured_on(a_spec(nodes=2), agents=12)

    assert Counter((each.kind, each.place, each.image) for each in measured) == {
        (MeasuredKind.CLONE, "lab/pve1/thin", "golden-1"): 6,
        (MeasuredKind.CLONE, "lab/pve2/thin", "golden-1"): 6,
        (MeasuredKind.FIRST_BOOT, "lab/pve1", "golden-1"): 6,
        (MeasuredKind.FIRST_BOOT, "lab/pve2", "golden-1"): 6,
    }
    boots = [each for each in measured if each.kind is MeasuredKind.FIRST_BOOT]
    assert {round(boot.took_s, 1) for boot in boots} == {50.5}, "start task, boot, first boot"
    assert 1.0 < max(boot.parallel for boot in boots) <= 6.0


def test_answers_are_one_median_each_time_they_are_taken():
    measuring = Measuring(dict)
    for method, outcome, seconds in (("POST", "ok", 0.1), ("PUT", "ok", 0.3), ("POST", "refused", 9.0), ("GET", "ok", 7.0)):
        measuring.api_call(
            ApiCall(cluster=ClusterId("pve"), method=method, endpoint="/x", outcome=outcome, seconds=seconds, received_bytes=1)
        )

    (answer,) = measuring.take(100.0)

    assert (answer.kind, answer.place, answer.took_s, answer.parallel) == (MeasuredKind.ANSWER, "pve", pytest.approx(0.2), 2.0)
    assert measuring.take(160.0) == ()
