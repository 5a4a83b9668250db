"""F6: of a desktop that is lent by plan `why` says what is so, and not the words of one that somebody has asked for."""

import pytest

from provisioner.cli.output import plain
from provisioner.cli.why.seat import seat_lines
from provisioner.model.pools import AfterPerson
from provisioner.views.published import Published
from provisioner.views.why.document import why_document
from tests.builders.rotation import AM, RotatingSite
from tests.views.test_why import nothing_in_the_journal


def lines(site: RotatingSite, of: str) -> list[str]:
    published = Published(status=site.status, records=dict(site.reconciler.records.desktops), scenario=site.config.scenario)
    document = plain(why_document(published, of, nothing_in_the_journal))
    return list(seat_lines(document["seat"], document["at"]))


def at_their_half_day(**pool) -> tuple[RotatingSite, str, str]:
    """Four people share two desktops: somebody of the first half-day, and somebody of the second."""
    site = RotatingSite(agents=4, size=2, **pool)
    site.until(AM)
    first, second = (site.of_slot(index)[0] for index in (0, 1))
    return site, f"login{first:04}", f"login{second:04}"


def test_it_begins_with_the_desktop_and_nothing_is_waited_for():
    site, login, _ = at_their_half_day()

    said = lines(site, login)

    assert said[1].startswith(f"lent to {login}: desktop vd-")
    assert not any(line.startswith(("no desktop", "waits", "held")) or "wait for the same" in line for line in said)


def test_it_is_the_person_s_for_the_half_day_whoever_is_logged_on():
    site, login, _ = at_their_half_day()

    (after,) = (line for line in lines(site, login) if "after:" in line)

    assert "lent by plan for the half-day until 2027-01-15T14:00:00Z" in after
    assert "15 min" not in after
    assert "pool return" not in after


@pytest.mark.parametrize(
    ("after_person", "said"),
    [
        (AfterPerson.RESTART, "it is shut down, and the next person of the plan gets it as it is"),
        (AfterPerson.OVERNIGHT, "overnight it is deleted with all that is on its disk, and made anew"),
        (AfterPerson.REBUILD, "it is deleted with all that is on its disk, and made anew for the next person of the plan"),
    ],
)
def test_what_becomes_of_it_follows_from_the_pool(after_person: AfterPerson, said: str):
    site, login, _ = at_their_half_day(after_person=after_person)

    assert any(said in line for line in lines(site, login))


def test_who_stays_on_is_told_that_the_half_day_is_over():
    site, login, _ = at_their_half_day()
    site.log_on(int(login.removeprefix("login")))
    site.until(AM + 2 * 3600 + 600)

    (after,) = (line for line in lines(site, login) if "after:" in line)

    assert "lent by plan, and the half-day is over: once nobody is logged on" in after


def test_whose_half_day_has_not_come_waits_for_nobody():
    site, _, login = at_their_half_day()

    said = lines(site, login)

    assert said[1] == "no desktop"
    assert any(line.startswith("half-days: 2027-01-15 15:00") for line in said)
    assert not any("wait" in line for line in said)
