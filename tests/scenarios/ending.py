"""How a play ended, in the words of a site's `end`."""

from collections import Counter

from tests.scenarios.play import Play
from tests.scenarios.site import EndDocument


def end_of(play: Play) -> EndDocument:
    """By the twin's truth, the last status and the store."""
    status, truth = play.witness.last, play.twin.truth()
    wanted = [one for one in status.desktops.values() if one.wanted or one.superseded_by]
    return EndDocument(
        ready=truth.ready,
        desktops=truth.desktops,
        clones=sum(one.clones for one in play.writes),
        writes=len(play.writes),
        phases=dict(Counter(one.phase.value for one in status.desktops.values())),
        leaving=dict(Counter(one.leaving.step.value for one in status.desktops.values() if one.leaving)),
        waiting=dict(status.queued),
        retired=len(play.store.load().retired),
        differences={kind.value: count for kind, count in sorted(status.differences.items())},
        orphans=list(truth.orphans),
        lock_timeouts=truth.lock_timeouts,
        sessions=truth.sessions,
        cut=truth.cut,
        counted_sessions=sum(len(one.sessions or ()) for one in wanted),
        unknown_sessions=sum(one.sessions is None for one in wanted),
    )
