"""The list of what is wrong: all that is broken is in it, and nothing else."""

from collections.abc import Iterator

from provisioner.reasons import wrong
from provisioner.wrong.entry import OLD_S
from tests.law.heard import LAG_S, Heard
from tests.law.truth import GAP_S

_TWO_CYCLES_S = 60.0
"""By then whatever is broken is in the list."""
_BLIND_S = 200.0
"""An answer may hang for 40 s, and is asked for again; so long nobody is called."""
_DIRECTORY_S = 900.0
"""It is read every 400 s, and an answer may come late."""
_QUIET_S = 900.0
"""So long after all trouble has passed nothing is left of it."""
_CLUSTER = frozenset({wrong.CLUSTER_OLD, wrong.CLUSTER_PAUSED, wrong.CLUSTER_UNSEEN, wrong.CLUSTER_UNSEEN_WHY})
_DIRECTORY = frozenset({wrong.DIRECTORY_UNREAD, wrong.NO_ROSTER, wrong.NO_ROSTER_WHY})


def untrue_of_list(heard: Heard) -> Iterator[str]:
    """What of it is not so, or lacks."""
    yield from _nodes(heard)
    yield from _cluster(heard)
    yield from _quorum(heard)
    yield from _directory(heard)


def _codes(heard: Heard) -> set[str]:
    return {entry.code for entry in heard.document.wrong}


def _nodes(heard: Heard) -> Iterator[str]:
    entries = heard.document.wrong
    away = {(entry.about or "").partition("/")[2] for entry in entries if entry.code == wrong.NODE_AWAY.code}
    for node in heard.scene.twin.cluster.nodes:
        if node in away and not heard.past.ever(lambda moment, node=node: not moment.alive[node], LAG_S + heard.blind_s):
            yield f"node {node} is called away, and was there all the time"
        dead = heard.past.always(lambda moment, node=node: not moment.alive[node], _TWO_CYCLES_S)
        if dead and node not in away and heard.sees:
            yield f"node {node} is dead, and no entry says so"


def _cluster(heard: Heard) -> Iterator[str]:
    found = _codes(heard) & {kind.code for kind in _CLUSTER}
    if heard.blind_s > _BLIND_S and not found:
        yield f"the cluster has not answered for {heard.blind_s:.0f} s, and no entry says so"
    lost = any(loss.left > 0 and loss.endpoint == "/cluster/resources" for loss in heard.scene.losses)  # by earlier trouble
    if found and not lost and heard.now > heard.scene.judge.calm_at + _QUIET_S and heard.seen_s > _QUIET_S:
        yield f"{found} long after all trouble has passed"


def _quorum(heard: Heard) -> Iterator[str]:
    """It is asked once a minute, and at each look while a node is away."""
    silent_s, codes = heard.now - max(heard.past.quorum_at, heard.began_at), _codes(heard)
    if silent_s > OLD_S + _BLIND_S and codes.isdisjoint({wrong.QUORUM_UNKNOWN.code, *(kind.code for kind in _CLUSTER)}):
        yield f"the cluster has not said for {silent_s:.0f} s whether it has its quorum, and no entry says so"
    answered = max(heard.began_at, heard.past.quorum_asked_at) < heard.past.quorum_at
    just_said = answered and heard.now - heard.past.quorum_at < OLD_S - _TWO_CYCLES_S
    if just_said and wrong.QUORUM_UNKNOWN.code in codes:
        yield "it is said that the quorum is not known, and the cluster has just said it"
    unasked_s = heard.now - max(heard.past.quorum_asked_at, heard.past.quorum_at, heard.began_at)
    if unasked_s > OLD_S + GAP_S and heard.seen_s > OLD_S:  # a look may hang for that long
        yield f"the cluster answers, and nobody has asked it for {unasked_s:.0f} s whether it has its quorum"


def _directory(heard: Heard) -> Iterator[str]:
    silent = heard.past.always(lambda moment: not moment.directory, _DIRECTORY_S)
    if silent and not _codes(heard) & {kind.code for kind in _DIRECTORY}:
        yield "the directory does not answer, and no entry says so"
    answered = not heard.past.ever(lambda moment: not moment.directory, _DIRECTORY_S)
    if answered and wrong.DIRECTORY_UNREAD.code in _codes(heard):
        yield "the directory is called unread, and answers"


__all__ = ["untrue_of_list"]
