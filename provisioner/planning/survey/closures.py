"""Clusters on which nothing is cloned now, and why: their listing is in doubt, or a VM there is not explained."""

from collections.abc import Mapping

from provisioner.model.ids import ClusterId
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.absent import clusters_in_doubt
from provisioner.planning.survey.foreign import clusters_unexplained
from provisioner.planning.survey.survey import Survey


def closed_clusters(situation: Situation, seen: Survey) -> Mapping[ClusterId, str]:
    """By cluster. To add a cause: a function of its subject here."""
    return {**clusters_unexplained(situation, seen.unidentified), **clusters_in_doubt(situation, seen)}
