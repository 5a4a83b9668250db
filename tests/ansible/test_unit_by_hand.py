"""N8: the installation by hand had no unit."""

from pathlib import Path

import pytest

from tests.ansible.test_unit import directives, judged
from tests.ansible.units import FOLDER, TEMPLATES, shipped

pytestmark = pytest.mark.real

PAGE = (FOLDER.parents[1] / "docs/en/install-by-hand.md").read_text(encoding="utf-8")
EXPOSURE = 15
"""In tenths: the daemon may give its sockets to groups, and root alone can renew."""


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_whoever_installs_by_hand_has_what_the_role_lays_down():
    """The wheel has it, too."""
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()} == shipped()
    assert shipped().keys() == TEMPLATES.keys()


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".service")])
def test_systemd_finds_as_little_exposed_of_each(name: str, tmp_path: Path):
    assert judged(text_of(name), tmp_path, EXPOSURE).returncode == 0


def test_the_page_installs_them_where_they_look_for_each_other():
    """Paths as in its step 3; root who types `bascule` becomes the daemon's account, or would own a store of its own."""
    (program,) = directives(text_of("bascule.service"))["ExecStart"]

    assert f"python3 -m venv {Path(program.split()[0]).parents[1]}\n" in PAGE
    assert "config/systemd/bascule.service config/systemd/bascule-receiver* /etc/systemd/system/" in PAGE
    assert "install --mode=0755 config/systemd/bascule.sh /usr/local/bin/bascule\n" in PAGE
