"""What is news to the surveyor: whatever the store or a listing says anew, and everything from time to time."""

from dataclasses import replace

import pytest

from provisioner.ledger import Kept
from provisioner.model.ids import Vmid
from provisioner.planning.survey.survey import Changed
from provisioner.ports import Changes
from provisioner.reconciler.dirty import News
from tests.builders.actions import a_name, a_reservation
from tests.builders.cluster import NOW, PVE, a_node, a_view
from tests.builders.core import a_memory

NODES = (a_node("n1"), a_node("n2"))
BEFORE = a_view(nodes=NODES)
KEPT = Kept.of(replace(a_memory(), reservations={a_name(1): a_reservation(1), a_name(2): a_reservation(2)}))
NOTHING = Changed()


def quiet_news() -> News:
    """Everything was looked at just now."""
    news = News()
    news.take(NOW)
    return news


def test_at_first_everything_is_news_and_then_nothing():
    news = News()

    assert (news.take(NOW), news.take(NOW)) == (None, NOTHING)


@pytest.mark.parametrize(("later_s", "everything"), [(599.0, False), (600.0, True)])
def test_everything_is_looked_at_again_after_ten_minutes(later_s, everything):
    assert (quiet_news().take(NOW + later_s) is None) is everything


@pytest.mark.parametrize(
    ("view", "told"),
    [
        pytest.param(replace(BEFORE, news=frozenset()), NOTHING, id="nothing has changed"),
        pytest.param(
            replace(BEFORE, news=frozenset({Vmid(5002), Vmid(777)})),
            Changed(desktops=frozenset({a_name(2)}), guests=True),
            id="a desktop, and somebody else's VM",
        ),
        pytest.param(
            replace(BEFORE, news=frozenset(), existence={Vmid(5001): True, Vmid(777): False}),
            Changed(desktops=frozenset({a_name(1)})),
            id="a number was asked about that no listing shows",
        ),
        pytest.param(replace(BEFORE, news=None), None, id="nobody compared"),
        pytest.param(replace(a_view(nodes=(a_node("n1"),)), news=frozenset()), None, id="a node has gone"),
        pytest.param(
            replace(a_view(nodes=(a_node("n1"), a_node("n2", online=False))), news=frozenset()), None, id="a node is away"
        ),
    ],
)
def test_what_a_listing_tells(view, told):
    news = quiet_news()

    news.of_view(view, BEFORE, KEPT)

    assert news.take(NOW) == told


def test_after_a_look_that_failed_everything_is_looked_at():
    news, view = quiet_news(), replace(BEFORE, news=frozenset())
    news.missed(PVE)

    news.of_view(view, BEFORE, KEPT)
    assert news.take(NOW) is None

    news.of_view(view, BEFORE, KEPT)
    assert news.take(NOW) == NOTHING


def test_what_is_kept_is_news_of_its_desktops():
    news = quiet_news()

    news.of_changes(Changes(reports={a_name(1): None}, proven=(a_name(2),)), KEPT)

    assert news.take(NOW) == Changed(desktops=frozenset({a_name(1), a_name(2)}), reserved=True)


def test_with_a_desktop_that_is_released_any_other_may_count_again():
    news, kept = quiet_news(), Kept.of(replace(a_memory(), superseded={a_name(1): a_name(2)}))

    news.of_changes(Changes(released=(a_name(2),)), kept)

    assert news.take(NOW) is None
