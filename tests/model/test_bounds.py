"""H1: what somebody says of instants, durations, counts and names has bounds, and everything made of it has a date."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from provisioner.model import bounds
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.scenario.surges import ReturnRules, SurgeRun, SurgeState, SurgeTerms
from provisioner.views.times import in_text, stamp

SPITE = [math.nan, math.inf, -math.inf, 1e308, -1.0, 10**400, True, "1", None, b"", []]
NOW = 1_800_000_000.0
ORDER = Intent(kind=IntentKind.HOLD, by="root", at=NOW)
RUN = SurgeRun(scenario="s", number=1, state=SurgeState.RUNNING, started_at=NOW, since=NOW, by="root")


@pytest.mark.parametrize("value", SPITE, ids=repr)
@pytest.mark.parametrize("check", [bounds.instant, bounds.duration, bounds.count])
def test_what_has_no_date_no_end_or_is_no_number_is_refused(check: Callable[[object], float], value: object):
    with pytest.raises(ValueError, match="must be a"):
        check(value)


def test_the_ends_themselves_are_within():
    assert (bounds.instant(0), bounds.duration(bounds.LONGEST_S), bounds.count(bounds.MOST)) == (
        0.0,
        bounds.LONGEST_S,
        bounds.MOST,
    )
    assert stamp(bounds.instant(bounds.LAST_AT - 1)) == "2199-12-31T23:59:59.000Z"
    with pytest.raises(ValueError, match="1970 to 2199"):
        bounds.instant(bounds.LAST_AT)


def test_every_sum_of_an_instant_and_durations_has_a_date():
    assert in_text(bounds.LAST_AT + 70 * bounds.LONGEST_S).startswith("91")
    assert bounds.never_beyond(bounds.LAST_AT - 1 + bounds.LONGEST_S) == math.inf


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: replace(ORDER, until=253_402_300_740.0), id="a hold until 9999-12-31 23:59"),
        pytest.param(lambda: replace(ORDER, at=math.nan), id="ordered at no time"),
        pytest.param(lambda: replace(ORDER, target="x" * 257), id="a name without end"),
        pytest.param(lambda: replace(ORDER, terms=Terms(minutes=10**9)), id="minutes without end"),
        pytest.param(lambda: SurgeTerms(day_1=date(9999, 12, 31)), id="a first day in 9999"),
        pytest.param(lambda: SurgeTerms(starts_at=1e308), id="a start that never comes"),
        pytest.param(lambda: ReturnRules(keep_s=1e308), id="kept for ever"),
        pytest.param(lambda: ReturnRules(size=0), id="batches of nobody"),
        pytest.param(lambda: replace(RUN, day_1=date(1, 1, 1)), id="a run that began in the year 1"),
        pytest.param(lambda: replace(RUN, ends_at=1e300), id="a run without end"),
    ],
)
def test_an_order_or_run_outside_the_bounds_cannot_be_made(make: Callable[[], object]):
    with pytest.raises(ValueError, match="must be"):
        make()


def test_a_vm_is_named_by_digits_that_are_a_vmid():
    assert [
        Intent(kind=IntentKind.RETIRE, by="root", at=NOW, target=f"pve/{digits}").guest for digits in ("9" * 200, "x", "")
    ] == [None] * 3
