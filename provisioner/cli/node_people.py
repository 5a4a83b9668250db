"""Whom the drain of a node concerns, what they lose, and until when: said before it is ordered."""

from collections.abc import Iterator, Sequence

from provisioner.cli.concerned import concerned, is_of_leaver, runs
from provisioner.cli.documents import DesktopDocument
from provisioner.texts.translate import _, plural

_NAMED = 5
"""People named in a line; the list of desktops has all of them."""


def desktops_on(desktops: Sequence[DesktopDocument], target: str) -> list[DesktopDocument]:
    """The desktops on a node: `target` is its name, or cluster/name."""
    return [desktop for desktop in desktops if target in (desktop["node"], f"{desktop['cluster']}/{desktop['node']}")]


def drain_lines(there: Sequence[DesktopDocument], target: str) -> Iterator[str]:
    """What a drain of this node means for the people whose desktops are there; nothing if it concerns nobody."""
    running = [desktop for desktop in there if runs(desktop)]
    used = [desktop for desktop in running if desktop["session"]["count"]]
    kept = [desktop for desktop in there if _is_somebodys(desktop) and desktop not in used]
    if running:
        yield plural(
            "{count} desktop runs on node {node} ({who})",
            "{count} desktops run on node {node} ({who})",
            len(running),
            node=target,
            who=concerned(running),
        )
    if used:
        yield plural(
            "{count} desktop stays on until its people log off, and when that is, nobody can say: {names}",
            "{count} desktops stay on until their people log off, and when that is, nobody can say: {names}",
            len(used),
            names=_names(used),
        )
    if kept:
        yield plural(
            "{count} more person has a desktop there, and none to work with until `bascule node uncordon {node}`: {names}",
            "{count} more people have a desktop there, and none to work with until `bascule node uncordon {node}`: {names}",
            len(kept),
            node=target,
            names=_names(kept),
        )
    if used or kept:
        yield _("whoever logs off loses the desktop until then, too; no desktop is moved, and nothing on it is lost")


def _is_somebodys(desktop: DesktopDocument) -> bool:
    """Whether an agent would want to log on to it."""
    return bool(desktop["login"] or desktop["lent_to"]) and not (
        is_of_leaver(desktop) or desktop["superseded_by"] or desktop["quarantined"]
    )


def _names(desktops: Sequence[DesktopDocument]) -> str:
    names = [desktop["login"] or desktop["lent_to"] or desktop["name"] for desktop in desktops]
    named = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return named if more <= 0 else _("{names} and {count} more", names=named, count=more)
