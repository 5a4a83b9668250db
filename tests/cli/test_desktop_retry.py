"""The commands for single desktops."""

from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.machines.desktops import Attempts
from tests.builders.actions import a_name, a_reservation
from tests.builders.cli import a_lonely_site, ordered_by
from tests.builders.core import a_roster
from tests.builders.desk import ordered, orders_in
from tests.builders.directory import FixedClock
from tests.builders.records import a_step, change

pytestmark = pytest.mark.long

GAVE_UP = Attempts(count=2, reason="gave up after 2 tries: no", gave_up=True)


@pytest.fixture
def site(tmp_path):
    return a_failing_site(tmp_path)


def a_failing_site(folder):
    """Desktop 1 is ready, 2 and 3 have failed, 3 is superseded by 1, and 4 is retried later."""
    site = a_lonely_site(folder)
    with closing(_store(site)) as store:
        store.claim()
        store.commit(
            a_step(
                reserved=tuple(a_reservation(number) for number in (1, 2, 3, 4)),
                attempts={a_name(2): GAVE_UP, a_name(3): GAVE_UP, a_name(4): Attempts(count=1, reason="no luck")},
                superseded={a_name(3): a_name(1)},
            )
        )
    return site


def _store(site):
    return SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())


def _retry(site, *words):
    return ordered(site, "desktop", "retry", *words)


@pytest.mark.parametrize(
    ("words", "said", "targets"),
    [
        pytest.param(["vd-5002"], "1 desktop tried again from the next cycle on", ["vd-5002"], id="one by name"),
        pytest.param(
            ["vd-5004", "vd-5002", "vd-5002"],
            "2 desktops tried again from the next cycle on",
            ["vd-5002", "vd-5004"],
            id="several, one of them not given up yet",
        ),
        pytest.param(
            ["--all-failed"],
            "every desktop that was given up is tried again from the next cycle on",
            [""],
            id="all that were given up",
        ),
    ],
)
def test_desktops_are_tried_again(site, words, said, targets):
    end = _retry(site, *words, "--by", "claire", "--reason", "new module")

    assert (end.code, end.out, end.err) == (0, f"{said}\n", "")
    orders = [(intent.kind.value, intent.target, intent.by, intent.reason) for intent in orders_in(site)]
    assert sorted(orders) == [("retry", target, ordered_by("claire"), "new module") for target in targets]


@pytest.mark.parametrize(
    ("words", "said", "targets"),
    [
        pytest.param(
            ["vd-5001"],
            "1 desktop is configured again from the next cycle on; if it runs, once nobody is logged on",
            ["vd-5001"],
            id="by name",
        ),
        pytest.param(
            ["vd-5001", "login0004", "vd-5001"],
            "2 desktops are configured again from the next cycle on; those that run, once nobody is logged on",
            ["vd-5001", "vd-5004"],
            id="by name and by login",
        ),
        pytest.param(
            ["--all-stopped"], "those that are off are configured again from the next cycle on", [""], id="all that are off"
        ),
    ],
)
def test_desktops_are_configured_again(site, words, said, targets):
    with closing(_store(site)) as store:
        store.claim()
        change(store, roster=a_roster(4))

    end = ordered(site, "desktop", "reconfigure", *words, "--by", "claire", "--reason", "VLAN", "--yes")

    assert (end.code, end.out, end.err) == (0, f"{said}\n", "")
    orders = [(intent.kind.value, intent.target, intent.by, intent.reason) for intent in orders_in(site)]
    assert sorted(orders) == [("reconfigure", target, ordered_by("claire"), "VLAN") for target in targets]


def test_k7_before_a_running_desktop_is_shut_down_for_it_somebody_is_asked_except_with_yes(site):
    """K7: `--yes` was refused, and nobody was asked."""
    asked = ordered(site, "desktop", "reconfigure", "vd-5001")

    assert (asked.code, orders_in(site)) == (2, [])
    assert "vd-5001 runs, and is shut down once nobody is logged on: configure it again?" in asked.err
    assert ordered(site, "desktop", "reconfigure", "vd-5001", "--yes").code == 0


def test_an_order_to_configure_again_is_withdrawn(site):
    for words in (["vd-5001", "vd-5004"], ["vd-5001", "--withdraw"]):
        end = ordered(site, "desktop", "reconfigure", *words, "--yes")

    assert (end.code, end.out) == (0, "1 order withdrawn\n")
    assert [intent.target for intent in orders_in(site)] == ["vd-5004"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param([], "say which desktops, or --all-stopped", id="none is named"),
        pytest.param(["vd-5001", "--all-stopped"], "say which desktops, or --all-stopped", id="both"),
        pytest.param(["vd-5001", "zoe"], "'zoe'", id="nobody's"),
        pytest.param(["vd-5003"], "desktop vd-5003 is superseded: its agent has vd-5001", id="one that is not used"),
    ],
)
def test_a_wrong_order_configures_nothing_again(site, words, complaint):
    end = ordered(site, "desktop", "reconfigure", *words, "--yes")

    assert (end.code, end.out) == (2, "")
    assert complaint in end.err
    assert orders_in(site) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param([], "say which desktops, or --all-failed", id="none is named"),
        pytest.param(["vd-5002", "--all-failed"], "say which desktops, or --all-failed", id="both"),
        pytest.param(["vd-9"], "there is no desktop vd-9", id="a name that is none"),
        pytest.param(["vd-5001"], "nothing has gone wrong with desktop vd-5001: there is nothing to try again", id="well"),
    ],
)
def test_a_wrong_order_changes_nothing(site, words, complaint):
    end = _retry(site, *words)

    assert (end.code, end.out) == (2, "")
    assert complaint in end.err
    assert orders_in(site) == []


def test_what_is_refused_keeps_back_no_other(site):
    end = _retry(site, "vd-5002", "vd-5001", "vd-9")

    assert (end.code, end.out) == (2, "1 desktop tried again from the next cycle on\n")
    assert end.err.splitlines() == [
        "nothing has gone wrong with desktop vd-5001: there is nothing to try again",
        "there is no desktop vd-9",
    ]
    assert [intent.target for intent in orders_in(site)] == ["vd-5002"]


def test_where_nothing_was_given_up_there_is_nothing_to_do(tmp_path):
    site = a_lonely_site(tmp_path)
    with closing(_store(site)) as store:
        store.claim()

    end = _retry(site, "--all-failed")

    assert (end.code, end.out) == (0, "no desktop was given up\n")
