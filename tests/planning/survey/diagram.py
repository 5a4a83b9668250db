"""The lifecycle as a page: the meaning of each phase, a state diagram, and the table of edges."""

from collections.abc import Mapping, Sequence

from provisioner.model.machines.desktops import Phase
from provisioner.planning.survey.lifecycle import Transition

MEANINGS: Mapping[Phase, str] = {
    Phase.RESERVED: "VMID, name and address are reserved; there is no VM yet",
    Phase.CLONING: "the clone is under way",
    Phase.UNPROVEN: "a VM exists, and is not yet proven to be ours",
    Phase.CLONED: "the VM is ours, and not configured yet",
    Phase.STOPPED: "configured, and off",
    Phase.STARTING: "being started, or running without a report of this boot that says ready",
    Phase.READY: "running, and a report of this boot says that first boot is over and the log-on port answers",
    Phase.SILENT: "it was ready in this boot, and answers nothing any more: whether anybody can log on is not known",
    Phase.STOPPING: "an orderly shutdown is under way",
    Phase.DELETING: "its VM is being deleted",
    Phase.FAILED: "given up: an operator has to look (`bascule desktop list` says why)",
    Phase.UNKNOWN: "not visible at the moment: its VM is left as it is",
}


def page(edges: Sequence[Transition]) -> str:
    """The Markdown page: each phase, a Mermaid state diagram, each edge with its condition."""
    rows = (f"| {edge.source} | {edge.target} | {edge.when} |" for edge in edges)
    return "\n".join(
        (
            "# Phases of a desktop",
            "",
            "In every cycle Bascule derives a desktop's phase from observations; it stores none. See `bascule desktop list`.",
            "",
            "| phase | meaning |",
            "|---|---|",
            *(f"| {phase} | {MEANINGS[phase]} |" for phase in Phase),
            "",
            "Each arrow is in the table below. Changes from and to `unknown` are in the table only. Any other change of phase",
            "was made by hand on the cluster, and the log says so.",
            "",
            "```mermaid",
            *_diagram(edges),
            "```",
            "",
            "This page is generated from `provisioner/planning/survey/lifecycle.py`.",
            "",
            "| from | to | when |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def _diagram(edges: Sequence[Transition]) -> list[str]:
    """The state diagram, without the edges of `unknown`, which would hide the others; the table has them."""
    lines = ["stateDiagram-v2", f"    [*] --> {Phase.RESERVED}"]
    lines += [f"    {edge.source} --> {edge.target}" for edge in edges if Phase.UNKNOWN not in (edge.source, edge.target)]
    return lines
