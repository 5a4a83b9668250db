"""Desktops of trials that are over, and those that their pool has no use for: what they are has to be known first."""

from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.superseded import look


def look_after_trials(draft: Draft) -> None:
    """Read the note of each that is not proven yet, and report a half-made one; the rest follows by their target."""
    for desktop in (*draft.facts.trials_over.values(), *draft.facts.surplus.values()):
        look(draft, desktop)
