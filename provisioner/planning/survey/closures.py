"""Where nothing is cloned now, and why: a listing is in doubt, a VM is unexplained, or a profile's clones all fail alike."""

from collections.abc import Mapping

from provisioner.model.actions import Clone
from provisioner.model.ids import ClusterId, ProfileName
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.absent import clusters_in_doubt
from provisioner.planning.survey.foreign import clusters_unexplained
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import Reason

Closed = Mapping[tuple[ClusterId, ProfileName], Reason]
"""Closed nodes, by cluster and profile."""


def closed_places(situation: Situation, survey: Survey) -> Closed:
    """All closed clusters and profiles. To add a cause: a function in the file of its subject, called here."""
    clusters = {**clusters_unexplained(situation, survey.unidentified), **clusters_in_doubt(situation, survey)}
    profiles = situation.config.profiles
    return {
        **{(cluster, profile): why for cluster, why in clusters.items() for profile in profiles},
        **_failing_alike(situation),
    }


def _failing_alike(situation: Situation) -> dict[tuple[ClusterId, ProfileName], Reason]:
    """Profiles whose clones fail alike, unless one clone may try now."""
    return {
        (cause.cluster, cause.profile): cause.reason
        for cause in situation.causes
        if cause.word == Clone.word and cause.profile and not cause.may_try(situation.now, situation.in_flight.values())
    }
