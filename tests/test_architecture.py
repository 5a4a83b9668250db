"""The drawings of ARCHITECTURE.md: the packages are drawn from the contracts, the way of the data agrees with the functions."""

import ast
import re
from pathlib import Path

import pytest

from tests import architecture

ROOT = Path(__file__).parents[1]
WAY = {
    ("directory", "guard"): ("ports", "Directory.read", "", "Roster"),
    ("guard", "roster"): ("planning/roster/judgement", "judge_roster", "Roster", "RosterJudgement"),
    ("guests", "reports"): ("ports", "GuestProbe.report", "", "GuestReport"),
    ("operator", "intents"): ("ports", "Store.intents", "", "Intent"),
    ("cluster", "snapshot"): ("ports", "Hypervisor.observe", "", "ClusterView"),
    ("roster", "demand"): ("planning/demand/demand", "demand_of", "Roster", "Demand"),
    ("demand", "plan (pure)"): ("planning/steps/planner", "make_plan", "Situation", "Plan"),
    ("plan (pure)", "safety gate"): ("planning/safety", "judge_plan", "Plan", "SafetyVerdict"),
    ("safety gate", "executor"): ("execution/executor", "accept", "Plan", "Action"),
    ("executor", "outcomes"): ("execution/executor", "settle", "ClusterView", "Effects"),
    ("the status at each cycle's end", "metrics, log, API"): ("ports", "Events.status", "Status", "None"),
}
"""Each arrow: the function that it is, what that takes, and what it gives."""


def test_the_packages_are_drawn_as_the_contracts_and_docstrings_are_now():
    """Written by `make pins`, or `python -m tests.architecture`."""
    text = architecture.PAGE.read_text(encoding="utf-8")

    assert text == architecture.page(text)


def test_every_layer_of_the_contract_is_drawn():
    drawn = architecture.drawing()

    assert [
        name for layer in architecture.layers("provisioner") for name in layer if not re.search(rf"\b{name}\b", drawn)
    ] == []
    assert architecture.layers("provisioner.nothing") == []


def test_what_is_side_by_side_is_marked_so():
    drawn = architecture.drawing().splitlines()

    assert [line[:9] for line in drawn if line.startswith("| ")][:2] == ["| setup/ ", "| executi"]


@pytest.mark.parametrize("arrow", WAY, ids=" to ".join)
def test_each_arrow_of_the_datas_way_is_a_function(arrow: tuple[str, str]):
    module, name, takes, gives = WAY[arrow]
    arguments, returns = _signature(ast.parse((ROOT / "provisioner" / f"{module}.py").read_text(encoding="utf-8")), name)

    assert all(word in _drawn_words() for word in arrow)
    assert takes == "" or re.search(rf"\b{takes}\b", arguments), arguments
    assert re.search(rf"\b{gives}\b", returns), returns


def test_every_word_of_the_way_is_at_the_end_of_an_arrow_that_is_looked_at():
    said = {word for arrow in WAY for word in arrow}

    assert _drawn_words() - said == {"the next cycle observes again", "commands, help desk, other software"}


def _drawn_words() -> set[str]:
    text = architecture.PAGE.read_text(encoding="utf-8")
    drawn = text.partition("```\n")[2].partition("```\n")[0]
    return {word.strip() for word in re.split(r"[─►◄┐┼┘├└│▲┴┬\n]", drawn) if word.strip()}


def _signature(tree: ast.AST, name: str) -> tuple[str, str]:
    """The text of what a function, or a class's method, takes and gives."""
    *_, last = name.split(".")
    inside = next((node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name.split(".")[0]), tree)
    (found,) = (node for node in ast.walk(inside) if isinstance(node, ast.FunctionDef) and node.name == last)
    return ast.unparse(found.args), ast.unparse(found.returns) if found.returns else ""
