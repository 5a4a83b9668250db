"""Ceilings in sentences, for people."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provisioner.cli.documents import CeilingDocument
from provisioner.texts.translate import _

if TYPE_CHECKING:  # `bascule status` loads no scenario
    from provisioner.model.scenario.ceilings import Ceiling


def stated_lines(ceilings: Iterable["Ceiling"]) -> Iterator[str]:
    """What the scenario says of each."""
    from provisioner.model.scenario.ceilings import Counted

    for ceiling in ceilings:
        yield _(
            "At most {limit} desktops ({name}): whoever comes later in the waves gets none.",
            limit=ceiling.limit,
            name=ceiling.name,
        )
        if ceiling.in_use and ceiling.counts is Counted.SESSIONS:
            yield _("  Those who use it without a desktop of ours are taken off: as Prometheus says, less our sessions.")
        elif ceiling.in_use:
            yield _("  What others use of it is taken off: as Prometheus says, less our desktops.")


def ceiling_lines(ceilings: Iterable[CeilingDocument]) -> Iterator[str]:
    """How it stands with each whose use is asked for."""
    for ceiling in ceilings:
        if ceiling["unread"] is not None:
            yield _(
                "ceiling '{name}': not known how many are in use, the limit of {limit} counts as it stands: {why}",
                name=ceiling["name"],
                limit=ceiling["limit"],
                why=ceiling["unread"]["text"],
            )
        elif ceiling["in_use"] is not None:
            yield _(
                "ceiling '{name}': {in_use} of {limit} are in use, {others} of them by others: "
                "{room} people may have a desktop",
                name=ceiling["name"],
                in_use=ceiling["in_use"],
                limit=ceiling["limit"],
                others=ceiling["others"],
                room=ceiling["room"],
            )


__all__ = ["ceiling_lines", "stated_lines"]
