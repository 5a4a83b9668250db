"""The bench of surges that do not fit, at a small size: each variant is bound by what it is short of."""

import pytest

from tests.bench.fits import VARIANTS, row

PEOPLE = 68
LARGEST = {
    "memory for 1,200": 48,
    "1,000 VPN seats": 40,
    "1,500 addresses": 60,
    "memory for 1,200 and 1,000 VPN seats": 40,
}


@pytest.mark.long
@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant.name in LARGEST], ids=lambda each: each.name)
def test_what_is_short_binds_and_a_run_confirms_the_number(variant):
    found = row(variant, people=PEOPLE)

    assert (found["right"], found["largest"]) == (True, LARGEST[variant.name])
    assert found["so_many_in_time"]
    assert found["more_is_too_many"]
