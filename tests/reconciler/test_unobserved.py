"""While no cluster answers there is no cycle, and what is said is as true as ever (found by the law, life 1800011)."""

from provisioner.errors import DirectoryUnavailable, NotSent
from provisioner.model.commands import Observe
from provisioner.model.status import ConfigState
from provisioner.reasons.directory import LEAVER_EXPIRED
from provisioner.reasons.wrong import DIRECTORY_UNREAD
from provisioner.wrong.directory import of_directory
from tests.builders.reconciler import Site, ready

AWAY_S = 180.0
SAID = LEAVER_EXPIRED()


def away(site: Site, *, for_s: float = AWAY_S) -> None:
    """Looks at the cluster fail, and readings of the directory."""
    until = site.clock.at + for_s
    while site.clock.at < until:
        for command in site.reconciler.commands():
            site.end(command, error=NotSent("down") if isinstance(command, Observe) else DirectoryUnavailable("refused"))
        site.clock.at += 10.0


def test_what_is_wrong_with_the_directory_is_said():
    site = ready(agents=2)
    planned_at = site.status.planned_at
    site.reconciler.read_directory()
    away(site)

    assert site.status.directory_error == "refused"
    assert site.status.planned_at == planned_at, "nothing was decided since"


def test_sessions_that_nobody_has_read_for_two_minutes_are_unknown():
    site = ready(agents=2)
    site.carry_out(site.look(after=61))
    site.look(after=10)
    assert [state.sessions for state in site.status.desktops.values()] == [(), ()]
    away(site)

    assert [state.sessions for state in site.status.desktops.values()] == [None, None]


def test_files_that_were_refused_are_said_before_any_cluster_was_seen():
    site = Site(agents=2)
    site.reconciler.board.config_state = ConfigState(rejected=SAID, rejected_at=1.0)
    away(site, for_s=20.0)

    assert site.heard.statuses[-1].config.rejected == SAID
    assert site.heard.statuses[-1].roster is None, "people would seem to have no desktops (life 1800002)"


def test_before_any_cluster_was_seen_it_is_not_said_that_nobody_is_known():
    """F2: who was read before counts."""
    site = ready(agents=2)
    site.restart()
    away(site, for_s=20.0)
    (entry,) = of_directory(site.heard.statuses[-1])

    assert entry.says == DIRECTORY_UNREAD(why="refused")
