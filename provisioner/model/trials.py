"""The name of a trial: which profile is tried, and on which storage."""

from dataclasses import dataclass

from provisioner.model.ids import ClusterId, ProfileName, StorageId
from provisioner.model.people.profiles import Profile

PlaceTried = tuple[ClusterId, StorageId]
"""The storage that the desktop's disks are to be on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialName:
    """`profile/number`, or `profile/cluster/storage/number`."""

    profile: ProfileName
    place: PlaceTried | None = None
    """None: wherever it fits best."""
    number: int = 1

    def __str__(self) -> str:
        return "/".join(map(str, (self.profile, *(self.place or ()), self.number)))


def trial_named(text: str) -> TrialName | None:
    """The name in an order's target, or in a seat; None: it is none."""
    profile, *place, number = (text if "/" in text else "/").split("/")
    if not profile or len(place) not in (0, 2) or not all(place) or not (number.isascii() and number.isdecimal()):
        return None
    where = (ClusterId(place[0]), StorageId(place[1])) if place else None
    return TrialName(profile=ProfileName(profile), place=where, number=int(number))


def places_of(profile: Profile) -> tuple[PlaceTried, ...]:
    """Every storage that desktops of the profile are made on, sorted."""
    return tuple(sorted({(template.cluster, profile.storage or template.storage) for template in profile.templates}))


__all__ = ["PlaceTried", "TrialName", "places_of", "trial_named"]
