"""B4: an exception from a rule says why it is one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_exception_from_a_lint_rule_gives_its_reason():
    """B4: `# noqa: RULE (why)`, and the rules for security (ruff's S) are among those that hold."""
    lines = {
        f"{file.relative_to(ROOT)}:{number}": line.strip()
        for top in ("provisioner", "monitors", "tests")
        for file in (ROOT / top).rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*noqa\b", line) and file != Path(__file__)
    }

    assert len(lines) >= 5
    assert [
        place for place, line in lines.items() if not re.search(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* \(\w.{8,}\)$", line)
    ] == []
    assert '"S",' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
