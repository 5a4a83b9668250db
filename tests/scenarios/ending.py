"""The end of a play, in the words of a site's `end`."""

from collections import Counter

from tests.scenarios.play import Play
from tests.scenarios.site import EndDocument


def end_of(play: Play) -> EndDocument:
    """By the twin's truth, the last status and the store."""
    status, truth = play.witness.last, play.twin.truth()
    wanted = [desktop for desktop in status.desktops.values() if desktop.wanted or desktop.superseded_by]
    return EndDocument(
        ready=truth.ready,
        desktops=truth.desktops,
        clones=sum(write.clones for write in play.writes),
        writes=len(play.writes),
        phases=dict(Counter(desktop.phase.value for desktop in status.desktops.values())),
        leaving=dict(Counter(desktop.leaving.step.value for desktop in status.desktops.values() if desktop.leaving)),
        waiting=dict(status.queued),
        retired=len(play.store.load().retired),
        differences={kind.value: count for kind, count in sorted(status.differences.items())},
        orphans=list(truth.orphans),
        lock_timeouts=truth.lock_timeouts,
        sessions=truth.sessions,
        cut=truth.cut,
        counted_sessions=sum(len(desktop.sessions or ()) for desktop in wanted),
        unknown_sessions=sum(desktop.sessions is None for desktop in wanted),
    )
