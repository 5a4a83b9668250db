"""What listings lack: clusters where nothing more is cloned for it, and the numbers that Proxmox VE is asked about."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from provisioner.model.ids import ClusterId, GuestKey
from provisioner.model.kept.absence import Absences, Absent, absences, is_absent, is_left_behind, was_tried
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.placement import LISTING_ASKED, LISTING_LACKS, MANY_GONE
from provisioner.reasons.reason import ALSO, Reason, join_reasons

_WITHOUT_VM = (Phase.RESERVED, Phase.FAILED)


def asked_about(situation: Situation, survey: Survey) -> Iterator[GuestKey]:
    """Numbers that no listing shows, and that are not explained: of desktops that were made or tried, and of what was left."""
    yield from (desktop.key for desktop in _absent_in(situation, survey))
    for phase in _WITHOUT_VM:
        for name, desktop in survey.not_ready.get(phase, {}).items():
            if was_tried(situation.records.desktops[name]) and situation.snapshot.guest(desktop.key) is None:
                yield desktop.key
    for key, why in situation.records.retired.items():
        if is_left_behind(why) and situation.snapshot.guest(key) is None:
            yield key


def clusters_in_doubt(situation: Situation, survey: Survey) -> dict[ClusterId, Reason]:
    """Why nothing is cloned on a cluster: it hides many desktops, or many are gone."""
    absent = defaultdict[ClusterId, list[Absent]](list)
    for desktop in _absent_in(situation, survey):
        attempts = situation.records.desktops[desktop.name].attempts
        absent[desktop.cluster].append(Absent(desktop, attempts, desktop.name in survey.superseded))
    if not absent:
        return {}
    of, clusters = Counter(desktop.cluster for desktop in situation.records.reservations), situation.snapshot.clusters
    found = {cluster: absences(missing, clusters[cluster].existence, of=of[cluster]) for cluster, missing in absent.items()}
    pause_s = situation.config.pace.observe_busy_s
    why = {cluster: tuple(_why_closed(cluster, missing, pause_s)) for cluster, missing in found.items()}
    return {cluster: join_reasons(reasons, ALSO) for cluster, reasons in why.items() if reasons}


def _absent_in(situation: Situation, survey: Survey) -> Iterator[Reservation]:
    """Cloned desktops that are missing from the last listing of their cluster."""
    for desktop in survey.not_ready.get(Phase.UNKNOWN, {}).values():
        view = situation.snapshot.clusters.get(desktop.cluster)
        if view is not None and is_absent(desktop, view):
            yield desktop


def _why_closed(cluster: ClusterId, missing: Absences, pause_s: float) -> Iterator[Reason]:
    """What is known so far, and until when the rest is asked about."""
    if missing.many_hidden:
        yield LISTING_LACKS(count=missing.hidden, cluster=cluster)
    elif missing.many_gone:
        yield MANY_GONE(count=missing.gone, cluster=cluster)
    if missing.undecided:
        count, within_s = missing.asked + missing.unasked, missing.asked_within_s(pause_s)
        yield LISTING_ASKED(count=count, cluster=cluster, asked=missing.asked, within_s=within_s)
