"""Desktops that go back while they start: asked until they are ready, since nobody waits for them, and only then shut down."""

from provisioner.model.machines.desktops import Phase
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.superseded import look
from provisioner.planning.targets.surge_return import SURGE_RETURN


def look_after_returning(draft: Draft) -> None:
    """A desktop that starts does not say whether anybody is logged on."""
    for desktop in SURGE_RETURN.among(draft.facts):
        if draft.facts.phase(desktop) is Phase.STARTING and SURGE_RETURN.target(draft.facts, desktop) is not None:
            look(draft, desktop)
