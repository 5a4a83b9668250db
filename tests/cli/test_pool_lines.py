"""A pool and the last decision about it, in words: what it follows from, and what it would order in shadow."""

from dataclasses import replace

import pytest

from provisioner.cli.output import plain
from provisioner.cli.pool_lines import pool_line, pool_lines
from provisioner.cli.why.command import lines_of
from provisioner.model.autoscale import AutoscaleMode, AutoscaleState
from provisioner.reasons.pools import AUTOSCALE_NEW
from provisioner.views.pools import pool_document
from provisioner.views.status import status_document
from provisioner.views.why.document import why_document
from tests.builders.autoscale import DECISION
from tests.builders.cluster import NOW
from tests.builders.pools import A_POOL, DESK
from tests.builders.views import a_publication
from tests.views.test_why import nothing_in_the_journal


def published(mode=AutoscaleMode.SHADOW, **changed):
    state = AutoscaleState(
        mode=mode, decision=replace(DECISION, **changed), differences={"made": 4}, came=120, waited=1, came_lately=31
    )
    site = a_publication()
    return replace(site, status=replace(site.status, pools=(A_POOL,), autoscale={DESK: state}))


def lines(site):
    return list(pool_lines(plain(pool_document(site, DESK))))


def test_a_decision_says_what_it_follows_from():
    said = "\n".join(lines(published(AutoscaleMode.ON)))

    assert "pool desk: 8 of 20 desktops lent, 6 free (2 lendable)" in said
    assert "8 desktops are in use, and 5 free ones are kept" in said
    assert "13 are to run (16 at most), and 17 to exist" in said
    assert "measured: 45 s until a desktop that is off is ready, 1 min 30 s until a new one is made" in said
    assert "no earlier day is known to learn from yet" in said
    assert "31 people came in this quarter of an hour and the last one; since the daemon started 1 of 120 waited" in said
    assert "decided: 2 to start, 4 to make" in said


def test_in_shadow_it_says_that_nothing_is_ordered_and_how_much_it_wants_otherwise():
    said = lines(published())

    assert said[-2:] == [
        "in shadow: nothing of it is ordered; decided: 2 to start, 4 to make",
        "  it wants 4 desktops otherwise than `size` and `spare` do",
    ]


def test_a_shadow_that_would_change_nothing_says_so():
    assert "in shadow: nothing of it is ordered, and it would change nothing" in lines(published(start=(), make=0))


@pytest.mark.parametrize(
    ("mode", "end"),
    [
        (AutoscaleMode.SHADOW, "; autoscale in shadow: 2 to start, 4 to make"),
        (AutoscaleMode.ON, "; autoscale: 2 to start, 4 to make"),
    ],
)
def test_status_has_a_line_for_each_pool(mode, end):
    (pool,) = plain(status_document(published(mode)))["pools"]

    assert pool_line(pool) == f"pool desk: 8 of 20 desktops lent, 6 free (2 lendable){end}"


def test_status_says_that_desktops_run_because_little_is_known_yet():
    because = (AUTOSCALE_NEW(lent=8, ready=10, made=20, days=2, known=5, most=600),)
    (pool,) = plain(status_document(published(because=because)))["pools"]

    assert pool_line(pool).endswith(f"2 to start, 4 to make; {because[0]}")


def test_why_knows_pools_by_their_name():
    document = plain(why_document(published(), "desk", nothing_in_the_journal))

    assert (document["matches"][0]["kind"], document["pool"]["pool"]["name"]) == ("pool", "desk")
    assert any("13 are to run" in line for line in lines_of(document, NOW))


def test_a_pool_without_rules_says_what_it_keeps():
    site = published()
    site = replace(site, status=replace(site.status, autoscale={}))

    assert lines(site)[1:] == ["it keeps 20 desktops, and 5 free ones ready"]
