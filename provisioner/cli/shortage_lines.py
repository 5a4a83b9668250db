"""What comes of a shortage, in sentences for people."""

from collections.abc import Iterator, Sequence

from provisioner.texts.translate import _, plural


def stated_line(profiles: Sequence[str], *, refuses: bool) -> str:
    """What the scenario says, for people who have no desktop yet."""
    names = _(", then ").join(profiles)
    if not profiles:
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


def concerned_lines(lesser: int, refused: int) -> Iterator[str]:
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


__all__ = ["concerned_lines", "stated_line"]
