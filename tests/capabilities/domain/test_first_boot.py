"""A desktop's computer account at its first boot, over TLS."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.capabilities.domain.joining import Joining
from provisioner.model.ids import ProfileName
from provisioner.model.words import FirstBootWord
from tests.capabilities.domain.builders import MemoryAccounts
from tests.receiver.test_first_boot import Asking, first_boots
from tests.receiver.test_receiver import Lab

pytestmark = pytest.mark.real


@pytest.fixture
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = Path(tmp_path_factory.mktemp("f"))
    joining = Joining(MemoryAccounts(), zone="vd.dep.example", may_write=lambda: not (home / "frozen").exists())
    with first_boots(home, join=joining.join) as opened:
        yield opened


def test_a_desktop_joins_with_an_account_that_is_made_when_it_asks_and_not_before(lab: Lab, tmp_path: Path):
    profile = lab.site.config.profiles[ProfileName("standard")]
    joins = replace(profile.first_boot, computer_ou="OU=Desktops,DC=dep,DC=example")
    frozen = Path(str(profile.first_boot.hook)).with_name("frozen")
    lab.site.config = replace(lab.site.config, profiles={ProfileName("standard"): replace(profile, first_boot=joins)})
    try:
        frozen.touch()
        asking, asked = Asking(lab, lab.desktops[3], tmp_path), lab.site.figures.first_boots.get(FirstBootWord.GIVEN, 0)
        asking.until(FirstBootWord.GIVEN, asked + 1)
        assert not asking.place.exists()
        frozen.unlink()
        data = asking.data()
    finally:
        lab.site.config = replace(lab.site.config, profiles={ProfileName("standard"): profile})

    assert data["computer"] == lab.site.names[5004].upper()
    assert data["join_password"].startswith("one-time-")
    assert "join_password" not in lab.log.read_text()
