"""`bascule check` says what a pool leaves on a disk for the next person, and when its resets come too late for a plan."""

import pytest

from provisioner.doctor.cluster_parts import examine_pools
from provisioner.doctor.findings import Grade
from tests.settings.test_desktop_pools import with_pool

AT_NIGHT = "resets: {from: '20:00', until: '06:00', zone: Europe/Paris}"


@pytest.mark.parametrize(
    ("pool", "codes"),
    [
        pytest.param("size: 2, after_person: rebuild", [], id="made anew at any time"),
        pytest.param(f"size: 2, after_person: rebuild, {AT_NIGHT}", [], id="made anew at night, lent on request"),
        pytest.param("size: 2, after_person: restart", ["pool_disk_stays"], id="a restart clears no disk"),
        pytest.param(
            f"size: 2, lend: by plan, after_person: {{within_a_day: restart, overnight: rebuild}}, {AT_NIGHT}",
            ["pool_disk_stays_a_day"],
            id="restarted by day, made anew at night",
        ),
        pytest.param("size: 2, after_person: kept", [], id="for the same person alone"),
        pytest.param(
            f"size: 2, after_person: rebuild, lend: by plan, {AT_NIGHT}",
            ["pool_reset_after_half_days"],
            id="by half-days, and made anew at night",
        ),
        pytest.param("size: 2, after_person: restart, lend: by plan", ["pool_disk_stays"], id="by half-days, restarted"),
    ],
)
def test_what_is_doubtful_about_a_pool(tmp_path, pool, codes):
    findings = list(examine_pools(with_pool(tmp_path, f"profile: shared, {pool}").load()))

    assert [finding.code for finding in findings] == codes
    assert all(finding.grade is Grade.DOUBTFUL and finding.fix for finding in findings)
