"""N8: README.md's installation by hand had no unit."""

from pathlib import Path

import pytest

from tests.ansible.test_unit import directives, judged
from tests.ansible.units import SHIPPED, shipped_unit

pytestmark = pytest.mark.real

EXPOSURE = 14
"""In tenths: it may give its sockets to groups."""


def test_whoever_installs_by_hand_has_the_roles_unit(tmp_path: Path):
    """Paths as in README's step 3; the wheel has it, too."""
    shipped = SHIPPED.read_text(encoding="utf-8")
    readme = (SHIPPED.parents[2] / "README.md").read_text(encoding="utf-8")
    (program,) = directives(shipped)["ExecStart"]

    assert shipped == shipped_unit()
    assert judged(shipped, tmp_path, EXPOSURE).returncode == 0
    assert f"python3 -m venv {Path(program.split()[0]).parents[1]}\n" in readme
    assert f"config/systemd/{SHIPPED.name} /etc/systemd/system/" in readme
