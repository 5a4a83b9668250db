"""Each kind of entry has a runbook that is there, and is a kind of reason."""

from pathlib import Path

import pytest

from provisioner.reasons.reason import KINDS
from provisioner.wrong.table import TABLE

RUNBOOKS = Path(__file__).parents[2] / "docs" / "en" / "runbooks"


@pytest.mark.parametrize("code", TABLE)
def test_its_runbook_is_there(code: str):
    page, heading = TABLE[code].runbook.split("#")
    headings = [line[3:].strip().lower() for line in (RUNBOOKS / f"{page}.md").read_text().splitlines() if line[:3] == "## "]

    assert code in KINDS
    assert heading in headings
