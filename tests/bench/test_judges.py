"""The judges of promises: met, missed, and not measured."""

import pytest

from tests.bench import judges
from tests.bench.verdicts import verdicts_of


def a_run(**changed):
    return {"ready": 9, "can_hold": 9, "wanted": 10, "unmet": {"its node is away": 1}, "late_lock_timeouts": 0} | changed


def a_virtual(*runs, efficiency=0.9):
    mean = {"efficiency": efficiency, "lock_timeouts_percent": 0.3}
    return {"agents": 10, "twins": {"faulty": {"runs": list(runs), "mean": mean}}}


@pytest.mark.parametrize(
    ("judge", "found", "met"),
    [
        pytest.param(judges.mean_efficiency("faulty", 0.9), a_virtual(a_run()), True, id="as efficient as promised"),
        pytest.param(judges.mean_efficiency("faulty", 0.91), a_virtual(a_run()), False, id="less efficient"),
        pytest.param(judges.mean_efficiency("faulty", 0.1), a_virtual(a_run(), a_run(ready=8)), False, id="quick, but not all"),
        pytest.param(judges.mean_timeouts("faulty", 0.3), a_virtual(a_run()), True, id="as many time-outs as allowed"),
        pytest.param(judges.no_late_timeouts("faulty"), a_virtual(a_run(), a_run(late_lock_timeouts=1)), False, id="one late"),
        pytest.param(judges.everybody_held("faulty"), a_virtual(a_run()), True, id="the rest has a reason"),
        pytest.param(judges.everybody_held("faulty"), a_virtual(a_run(ready=8)), False, id="there was room for one more"),
        pytest.param(judges.everybody_held("faulty"), a_virtual(a_run(unmet={})), False, id="one is not spoken of"),
        pytest.param(judges.everybody_held("faulty"), a_virtual(a_run(unmet={"": 1})), False, id="an empty reason"),
    ],
)
def test_runs_in_virtual_time(judge, found, met):
    assert judge(found)[0] is met


def a_case(regret=0.03, timeouts=0.3, twin="shared-1"):
    return {"twin": twin, "title": f"{twin} ×1", "regret": regret, "default": {"timeouts_percent": timeouts}}


@pytest.mark.parametrize(
    ("cases", "met", "message"),
    [
        pytest.param([a_case()], True, "×1 3.0%", id="exactly"),
        pytest.param([a_case(), a_case(0.031)], False, "×1 3.0%, ×1 3.1%", id="the worst counts"),
        pytest.param([a_case(twin="shared-4")], False, "not measured", id="another twin's"),
    ],
)
def test_regret(cases, met, message):
    assert judges.regret("shared-1", 0.03)({"cases": cases}) == (met, message)


def a_racer(ready, *, failed=0, after=(), makespan_s=100.0, calls=5.0):
    return {
        "ready": ready, "failed": failed, "ready_after": [*after, [ready, makespan_s]], "makespan_s": makespan_s,
        "calls_per_desktop": calls, "calls_per_desktop_by_endpoint": {"GET /nodes/{node}/qemu/{vmid}/agent/file-read": 1.0},
    }  # fmt: skip


OWN = a_racer(10, after=[[8, 60.0]], makespan_s=90.0)
LOST = a_racer(9, failed=1, after=[[8, 60.0]], makespan_s=90.0)


@pytest.mark.parametrize(
    ("own", "script", "met"),
    [
        pytest.param(OWN, a_racer(10), True, id="all, and earlier"),
        pytest.param(OWN, a_racer(10, makespan_s=80.0), False, id="all, but later"),
        pytest.param(OWN, a_racer(8, failed=2, makespan_s=50.0), True, id="it lost two, and so is never done"),
        pytest.param(LOST, a_racer(8, failed=2, makespan_s=80.0), True, id="neither is done: as many were there earlier"),
        pytest.param(LOST, a_racer(8, failed=2, makespan_s=50.0), False, id="neither is done, and it had as many earlier"),
        pytest.param(LOST, a_racer(10), False, id="one failed more"),
    ],
)
def test_ahead_of_a_peer(own, script, met):
    races = {"script": {"bascule": own, "script": script}, "ansible": {"bascule": OWN, "ansible": a_racer(10)}}

    assert judges.ahead("local-16")({"twins": {"local-16": races}})[0] is met


@pytest.mark.parametrize(
    ("races", "met"),
    [
        pytest.param({"script": 15.0, "ansible": 20.0}, True, id="three times"),
        pytest.param({"script": 14.0, "ansible": 20.0}, False, id="not three times"),
        pytest.param({"script": 15.0}, False, id="without Ansible nothing is shown"),
    ],
)
def test_calls_beside_peers(races, met):
    twins = {"local-16": {peer: {"bascule": OWN, peer: a_racer(10, calls=calls)} for peer, calls in races.items()}}

    assert judges.fewer_calls("local-16", 3.0)({"twins": twins})[0] is met


def test_memory_is_judged_by_the_largest_of_all_runs():
    small, large = OWN | {"peak_mib": 90.0}, OWN | {"peak_mib": 150.5}
    twins = {
        "local-16": {"script": {"bascule": small}},
        "faulty": {"script": {"bascule": large}, "ansible": {"bascule": small}},
    }

    assert judges.peak_everywhere(150.5)({"twins": twins}) == (True, "local-16 90, faulty 150.5")
    assert not judges.peak_everywhere(150.0)({"twins": twins})[0]


def test_a_peer_that_lost_desktops_is_shown_with_both_times():
    races = {"script": {"bascule": OWN, "script": a_racer(8, failed=2, makespan_s=50.0)}}

    message = judges.ahead("local-16")({"twins": {"local-16": races}})[1]

    assert message == (
        "script: 8 ready after 50 s, 2 failed and so never done; Bascule: as many after 60 s, 10 after 90 s, 0 failed"
    )


def test_calls_are_also_shown_without_the_readings_that_peers_do_not_make():
    races = {"script": {"bascule": OWN, "script": a_racer(10, calls=12.0)}}

    message = judges.fewer_calls("local-16", 3.0)({"twins": {"local-16": races}})[1]

    assert message == "2.4 times fewer than script (3.0 without readings of guests)"


def test_what_was_not_measured_is_unknown():
    verdicts = verdicts_of({})

    assert {verdict.measured for verdict in verdicts} == {"not measured"}
    assert not any(verdict.met for verdict in verdicts)
    assert verdicts[0].line.startswith("unknown: local-16, efficiency in virtual time, target ≥ 0.95, measured not measured, `")


def a_reading(people=2_000, seconds=2.0):
    return {"sizes": [{"wanted": 2_000, "people": people, "seconds": seconds}]}


def random_entries(rejected=4, without_reason=0):
    return {"fuzz": {"entries": 10, "agents": 6, "rejected": rejected, "without_reason": without_reason, "reasons": {"x": 4}}}


@pytest.mark.parametrize(
    ("judge", "found", "met"),
    [
        pytest.param(judges.reading(0, "seconds", 2.0, "s"), a_reading(), True, id="as quick as promised"),
        pytest.param(judges.reading(0, "seconds", 2.0, "s"), a_reading(seconds=2.1), False, id="slower"),
        pytest.param(judges.reading(0, "seconds", 2.0, "s"), a_reading(people=1_999), False, id="quick, but one is missing"),
        pytest.param(judges.nothing_unexplained, random_entries(), True, id="each entry accounted for"),
        pytest.param(judges.nothing_unexplained, random_entries(rejected=3), False, id="one entry is gone"),
        pytest.param(judges.nothing_unexplained, random_entries(without_reason=1), False, id="one without a reason"),
    ],
)
def test_readings_of_the_directory(judge, found, met):
    assert judge(found)[0] is met


def a_pool(ratio=1.01, members=10, timeouts=0):
    run = {"ready": 10, "members": members, "user_cfg_timeouts": timeouts}
    return {"agents": 10, "seeds": [1], "shapes": [{"title": "local-16 ×1", "ratio": ratio, "with": [run]}]}


@pytest.mark.parametrize(
    ("judge", "found", "met"),
    [
        pytest.param(judges.into_a_pool(1.01), a_pool(), True, id="as long as promised"),
        pytest.param(judges.into_a_pool(1.01), a_pool(ratio=1.0101), False, id="longer"),
        pytest.param(judges.into_a_pool(1.01), a_pool(members=9), False, id="quick, but one is not in it"),
        pytest.param(judges.no_membership_lost, a_pool(), True, id="no wait timed out"),
        pytest.param(judges.no_membership_lost, a_pool(timeouts=1), False, id="one did"),
    ],
)
def test_clones_into_a_pool(judge, found, met):
    assert judge(found)[0] is met


def under_a_fault(most=202, touched=(), amiss="", cycles=(1, 2, 2), to_tell=True):
    cycles = dict(zip(("status", "log", "metric"), cycles, strict=True))
    row = {"row": "A1", "what": "it is hidden", "wanted": 200, "most": most, "touched": list(touched), "amiss": amiss}
    return {"rows": [row | {"to_tell": to_tell, "cycles": cycles}]}


NOTHING = (None, None, None)


@pytest.mark.parametrize(
    ("judge", "found", "met"),
    [
        pytest.param(judges.under_faults(1.0), under_a_fault(), True, id="as many more as allowed"),
        pytest.param(judges.under_faults(1.0), under_a_fault(most=203), False, id="one too many"),
        pytest.param(judges.nobody_else_touched, under_a_fault(), True, id="nothing touched"),
        pytest.param(judges.nobody_else_touched, under_a_fault(touched=[101]), False, id="one of somebody's"),
        pytest.param(judges.nobody_else_touched, under_a_fault(amiss="1 session was cut"), False, id="something else is amiss"),
        pytest.param(judges.soon_told(2), under_a_fault(), True, id="everywhere within two cycles"),
        pytest.param(judges.soon_told(2), under_a_fault(cycles=(1, 2, 3)), False, id="the metric is late"),
        pytest.param(judges.soon_told(2), under_a_fault(cycles=(1, None, 1)), False, id="never in the log"),
        pytest.param(judges.soon_told(2), under_a_fault(cycles=NOTHING, to_tell=False), True, id="there is nothing to tell"),
    ],
)
def test_faults(judge, found, met):
    assert judge(found)[0] is met
