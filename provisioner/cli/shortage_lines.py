"""What comes of a shortage, in sentences for people."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provisioner.cli.documents import ShortageDocument
from provisioner.texts.translate import _, plural

if TYPE_CHECKING:  # `bascule status` loads no scenario
    from provisioner.model.scenario.half_days import Share
    from provisioner.model.scenario.scenarios import Shortage


def stated_shortage(stated: "Shortage", *, waves: bool) -> Iterator[str]:
    """What the scenario says, for people who have no desktop, or no half-days, yet. `waves`: whether it has any."""
    if waves and (stated.profiles or stated.refuses):
        yield _stated_of_waves(_(", then ").join(stated.profiles), refuses=stated.refuses)
    if stated.shares:
        yield _stated_of_half_days(_(", then ").join(map(_share, stated.shares)), refuses=stated.refuses)
    elif stated.refuses and not waves:
        yield _(
            "if the half-days do not suffice for all, as many people as they suffice for have theirs; the others get none, and "
            "are told why."
        )


def stated_in(shortage: ShortageDocument) -> Iterator[str]:
    """The same of a document."""
    from provisioner.model.ids import ProfileName
    from provisioner.model.scenario.half_days import Share
    from provisioner.model.scenario.scenarios import Shortage

    shares = tuple(Share(slots=each["slots"], of=each["of"]) for each in shortage["shares"])
    stated = Shortage(profiles=tuple(map(ProfileName, shortage["profiles"])), shares=shares, refuses=shortage["refuses"])
    return stated_shortage(stated, waves=shortage["waves"])


def sentences(lines: Iterable[str]) -> Iterator[str]:
    """Each with a capital letter."""
    return (line[:1].upper() + line[1:] for line in lines)


def _share(share: "Share") -> str:
    return _("{slots} of {of}", slots=share.slots, of=share.of)


def _stated_of_waves(names: str, *, refuses: bool) -> str:
    if not names:
        return _("if none of their profile fits, people without a desktop are refused one, and are told why.")
    if refuses:
        return _(
            "if none of their profile fits, people without a desktop get profile {profiles}; if none fits at all, they are "
            "refused one.",
            profiles=names,
        )
    return _(
        "if none of their profile fits, people without a desktop get profile {profiles}; if none fits at all, they wait.",
        profiles=names,
    )


def _stated_of_half_days(shares: str, *, refuses: bool) -> str:
    if refuses:
        return _(
            "if the half-days do not suffice for all, people who have had none are planned with {shares} of a week, whichever "
            "suffices first; if none does, the others get none, and are told why.",
            shares=shares,
        )
    return _(
        "if the half-days do not suffice for all, people who have had none are planned with {shares} of a week, whichever "
        "suffices first; if none does, they share what there is.",
        shares=shares,
    )


def concerned_lines(lesser: int, refused: int, *, fewer: int, left_out: int) -> Iterator[str]:
    """How many people that concerns."""
    if lesser:
        yield plural(
            "{count} person has a desktop of another profile, because none of the own profile fits",
            "{count} people have a desktop of another profile, because none of their own fits",
            lesser,
        )
    if refused:
        yield plural(
            "{count} person is refused a desktop: none fits", "{count} people are refused a desktop: none fits", refused
        )
    yield from shared_lines(fewer, left_out)


def shared_lines(fewer: int, left_out: int) -> Iterator[str]:
    """How many people who share it concerns."""
    if fewer:
        yield plural(
            "{count} person has fewer half-days, because more do not suffice for all",
            "{count} people have fewer half-days, because more do not suffice for all",
            fewer,
        )
    if left_out:
        yield plural(
            "{count} person gets no half-days: they do not suffice",
            "{count} people get no half-days: they do not suffice",
            left_out,
        )


__all__ = ["concerned_lines", "sentences", "shared_lines", "stated_in", "stated_shortage"]
