"""The lifecycle for people: a state diagram and a table, made from the edges."""

from collections.abc import Sequence

from provisioner.model.desktops import Phase
from provisioner.planning.survey.lifecycle import Transition


def page(edges: Sequence[Transition]) -> str:
    """The Markdown page: a Mermaid state diagram, then each edge with its when."""
    rows = (f"| {edge.source} | {edge.target} | {edge.when} |" for edge in edges)
    return "\n".join(
        (
            "# A desktop's life",
            "",
            "A phase is derived from what is observed, never stored. This page is made from the table of edges in",
            "`provisioner/planning/survey/lifecycle.py`.",
            "",
            "```mermaid",
            *_diagram(edges),
            "```",
            "",
            "| from | to | when |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def _diagram(edges: Sequence[Transition]) -> list[str]:
    """The ways to and from `unknown` are left to the table: they would hide the others."""
    lines = ["stateDiagram-v2", f"    [*] --> {Phase.RESERVED}"]
    lines += [f"    {edge.source} --> {edge.target}" for edge in edges if Phase.UNKNOWN not in (edge.source, edge.target)]
    return lines
