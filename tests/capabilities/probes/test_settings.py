"""The section `probes`, and what is made of it."""

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.capabilities.probes.settings import PROBES, ProbeSettings, RobotSettings
from provisioner.capabilities.probes.work import WORK
from provisioner.daemon.beside import OwnCommand, Surroundings
from provisioner.settings.secret import Secret
from tests.builders.monitors import SetClock
from tests.builders.settings import SECRET, a_site

ROBOT = "probes: {per_minute: 6, robot: {user: robot, domain: DEP, password: {file: robot-password}}}\n"


def test_the_section_is_read(tmp_path):
    settings = a_site(tmp_path).write("robot-password", f"{SECRET}\n").append(ROBOT).load()

    robot = RobotSettings(user="robot", domain="DEP", password=Secret(SECRET))
    assert settings.sections[PROBES] == ProbeSettings(per_minute=6, robot=robot)


def around(settings) -> Surroundings:
    return Surroundings(
        settings=lambda: settings,
        store=MemoryStore,
        reader=MemoryStore(),
        command=OwnCommand(words=()),
        clock=SetClock(),
        rate=1.0,
        frozen=lambda: False,
        notice=lambda *_: None,
    )


@pytest.mark.parametrize(
    ("section", "made"), [("", False), ("probes: {timeout: 5s}\n", False), ("probes: {per_minute: 6}\n", True)]
)
def test_the_daemon_probes_by_itself_only_if_it_is_to(tmp_path, section, made):
    settings = a_site(tmp_path).append(section).load()

    assert (WORK.make(around(settings)) is not None) is made
