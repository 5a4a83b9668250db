"""The law proves itself: without a check that tells where nothing can be made, some site has to show it."""

from tests.chaos.rules.mutant import Mutant, without
from tests.law import mutants

_SEEDS = "1-150"

MUTANTS: tuple[Mutant, ...] = (
    without(
        "a lost quorum closes its cluster",
        "return bad(subject, QUORUM_LOST(), closes=[Closed(cluster=view.cluster)])",
        "return good(subject, NODES_SEEN(nodes=len(view.nodes), guests=len(view.guests)))",
        seed=23,
    ),
    without("a template that is not right is not cloned", "closes=tuple(places) if closed else ()", "closes=()", seed=38),
    without(
        "a node without the bridge starts nothing",
        "closed = [Closed(cluster=cluster, profile=profile.name, node=node) for node in missing]",
        "closed = []",
        seed=31,
    ),
    without(
        "a missing right closes what it is for",
        "yield _lacks(subject, rights, places, [_closed(client.cluster, path, templates) for path in places])",
        "yield _lacks(subject, rights, places, [])",
        seed=130,
    ),
    without(
        "of a template alone a missing right closes that template",
        "template=template if template in templates else None",
        "template=None",
        seed=394,
    ),
    without(
        "a freeze is asked about",
        "mark = FreezeFiles.of(settings.freeze_file).mark()\n    records",
        "mark = None\n    records",
        seed=108,
    ),
    without(
        "the notes are of our key",
        "yield from examine_notes(subject, client, view, settings, records)",
        "yield from ()",
        seed=226,
    ),
    without(
        "a node that takes no orders is closed",
        "NODE_TAKES_NONE(node=name, said=refused.reason), closes=[closed])",
        "NODE_TAKES_NONE(node=name, said=refused.reason))",
        seed=107,
    ),
    without(
        "numbers that nobody shows are asked for",
        "taken |= {GuestKey(cluster, vmid) for vmid in asked if there.get(vmid)}",
        "taken |= set()",
        seed=19,
    ),
    without(
        "a desktop on a node that is away is replaced",
        "return why and self._why(_later(self.situation), closed) and why",
        "return why",
        seed=20,
    ),
    without(
        "what is gone is made again",
        "desktops = {**records.desktops, **changes.desktops}",
        "desktops = {**records.desktops}",
        seed=679,
    ),
)


def survivors(words: str = "") -> list[str]:
    """What no site shows; each result is printed as it comes."""
    return mutants.survivors(words, MUTANTS, law="tests.law.doctor", seeds=_SEEDS)


__all__ = ["MUTANTS", "survivors"]
