"""B4: SECURITY.md and docs/en/security.md: each promise has a test, and the rights of the token are those it holds."""

import ast
import re
from pathlib import Path

import pytest

from provisioner.pve.privileges import FORBIDDEN, NEEDED
from tests.test_pages import ROOT, TESTS

POLICY = ROOT / "SECURITY.md"
MODEL = ROOT / "docs" / "en" / "security.md"
THREATS = [
    "A stolen token", "A hostile desktop", "A hostile directory", "A hostile client of the API", "A file of somebody else",
    "A mistaken operator", "A lost machine",
]  # fmt: skip


def sections() -> dict[str, str]:
    """Text by heading."""
    parts = re.split(r"(?m)^## (.*)$", MODEL.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def expected_to_fail() -> set[str]:
    """Tests that are marked so, by themselves or with all of their file."""
    found: set[str] = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        marks = [
            ast.unparse(statement.value)
            for statement in tree.body
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark"
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(
                "xfail" in mark for mark in (*marks, *map(ast.unparse, node.decorator_list))
            ):
                found.add(node.name)
    return found


def test_every_threat_is_in_both_lists():
    """H8: two sections were in none, and what they promise was not looked at."""
    policy, model = (" ".join(page.read_text(encoding="utf-8").split()) for page in (POLICY, MODEL))

    assert [name for name, text in sections().items() if "**What does not hold.**" in text] == THREATS
    for name in THREATS:
        what = name.removeprefix("A ")
        assert f"[a {what}](#a-{what.lower().replace(' ', '-')})" in model.partition(" ## ")[0]
        assert what in policy.partition(" ## ")[0]


def test_every_threat_says_what_holds_by_which_test_and_what_does_not():
    """B4."""
    found = sections()

    for name in THREATS:
        holds, _, rest = found[name].partition("**What does not hold.**")
        assert holds.count("`test_") >= 3, name
        assert len(rest.split()) >= 20, name


@pytest.mark.long
def test_each_thing_that_holds_has_a_test_that_exists():
    """B4: every line of the tables names at least one, and none that is expected to fail."""
    lines = [line for line in MODEL.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!what holds|---)", line)]
    proofs = [line.split("|")[2] for name in THREATS for line in sections()[name].splitlines() if line in lines]
    named = [re.findall(r"`(test_\w+)`", proof) for proof in proofs]

    assert len(named) >= 25
    assert all(named)
    assert {test for tests in named for test in tests} <= TESTS - expected_to_fail()


def test_every_right_of_the_token_is_there_with_what_it_does_to_others():
    """B4: and no other, but the two that it must not have, and the one for `node evacuate`, which is granted by hand."""
    text = MODEL.read_text(encoding="utf-8")
    rights = {right for held in NEEDED.values() for right in held}
    rows = set(re.findall(r"(?m)^\| `((?:VM|Sys|Datastore|SDN)\.[A-Za-z.]+)` \|", text))

    assert rows == rights
    assert set(re.findall(r"`((?:VM|Sys|Datastore|SDN)\.[A-Za-z.]+)`", text)) == rights | FORBIDDEN | {"VM.Migrate"}


def test_the_policy_names_the_contact_the_supported_versions_and_the_checks():
    """B4: each command that it names is a target of the Makefile."""
    text = POLICY.read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))

    assert re.findall(r"(?m)^## (.*)$", text) == [
        "How to report",
        "Which versions are supported",
        "The key of releases",
        "What is checked",
    ]
    assert {"audit", "sbom", "test"} <= set(re.findall(r"`make ([a-z-]+)", text)) <= targets


@pytest.mark.parametrize("page", [POLICY, MODEL], ids=lambda page: page.name)
def test_the_readme_leads_there_and_files_that_are_named_exist(page: Path):
    assert f"({page.relative_to(ROOT)})" in (ROOT / "README.md").read_text(encoding="utf-8")

    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
