"""Desktops of trials that are over: what they are has to be known before they can be deleted."""

from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.superseded import look


def look_after_trials(draft: Draft) -> None:
    """Read the note of each that is not proven yet, and report a half-made one; the deletion follows by their target."""
    for desktop in draft.facts.trials_over.values():
        look(draft, desktop)
