"""A switch that fails, as `status` and `report plan` show it: 1,700 desktops, and as many lines as fit a screen."""

import pytest

from provisioner.cli.reason_lines import print_reasons
from provisioner.reasons.reason import as_reason
from provisioner.reasons.steps import BOOTS, RETRY

WORDS = [
    "no space left",
    "got timeout",
    "no quorum",
    "no such bridge",
    "permission denied",
    "no route",
    "is locked",
    "eh",
    "oh",
]
FAILED = [RETRY(why=as_reason(f"clone vd-{n} on n{n % 9}: {WORDS[n % len(WORDS)]}"), tries=n % 5) for n in range(1700)]


@pytest.mark.parametrize("width", [80, 200])
def test_1700_failures_are_a_few_lines(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    print_reasons("waiting", [*FAILED, *(BOOTS(node=f"n{n}", limit=3) for n in range(9))])
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) == 2 + 6 + 1
    assert lines[2].split()[:4] == ["189", "for", "example:", "clone"]
    assert lines[-1] == "… and 4 reasons more, of 575 (`bascule report plan --all`)"


def test_each_text_is_to_be_had(capsys):
    print_reasons("waiting", FAILED[:40], all_lines=True)

    assert len(capsys.readouterr().out.splitlines()) == 2 + 40
