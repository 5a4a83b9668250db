"""Pools as metrics: each desktop once, and what was refused."""

from dataclasses import replace

from monitors.census import Census
from monitors.facts import DaemonFacts
from monitors.gauges.pools import desktops, grants, grants_refused, lendable, refused, size, spare
from monitors.metric import KnownNames, Metric, View, view_of
from provisioner.model.lending import GrantCounts
from tests.builders.monitors import MONDAY, a_status
from tests.builders.pools import A_POOL


def a_view(status) -> View:
    census = Census()
    census.follow(status)
    return view_of(status, census, KnownNames(), started_at=MONDAY - 60, facts=DaemonFacts())


def read(metric: Metric, status) -> dict:
    assert metric.read is not None
    return dict(metric.read(a_view(status)))


def test_each_desktop_is_in_one_state():
    status = replace(a_status(), pools=(A_POOL,))
    values = read(desktops, status)

    assert sum(values.values()) == A_POOL.made == 20
    assert (values["desk", "lent"], values["desk", "waiting"], values["desk", "to_reset"]) == (7, 1, 4)
    assert (read(size, status), read(spare, status)) == ({("desk",): 20}, {("desk",): 5})
    assert read(lendable, status) == {("desk",): 2}


def test_refusals_are_counted_by_their_code_and_there_from_the_start():
    status = replace(a_status(), pools=(A_POOL,), lends_refused={"lend_none_free": 3, "unknown_agent": 1})

    assert read(refused, status) == {("lend_none_free",): 3, ("lend_busy",): 0, ("unknown_agent",): 1}
    assert read(refused, a_status()) == {}


def test_grants_are_counted_and_why_there_was_none():
    given = replace(a_status(), pools=(A_POOL,), grants=GrantCounts(given=7, refused={"not_ready": 2, "no_grants": 1}))

    assert read(grants, given) == {(): 7}
    assert read(grants_refused, given) == {("not_ready",): 2, ("lend_none_free",): 0, ("no_grants",): 1}
    assert (read(grants, a_status()), read(grants_refused, a_status())) == ({(): 0}, {})
