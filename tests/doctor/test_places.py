"""N1: what would keep the daemon from starting on its machine is a fault of `bascule check`, and of the Ansible role's look."""

import grp
import os
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.doctor.findings import Grade
from provisioner.doctor.places import MADE_BY_SYSTEMD, examine_places
from provisioner.doctor.store import examine_store_folder
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.settings.values import ApiSettings, ExpositionSettings, ReceiverSettings, Settings, StoreSettings
from tests.builders.checkup import Checkup
from tests.builders.twin import a_spec

SPEC: TwinSpec = a_spec(nodes=1)
NOWHERE = "no-such-group-here"
MINE = grp.getgrgid(os.getegid()).gr_name


def the_settings(folder: Path, **changed: object) -> Settings:
    settings, _, _ = Checkup(spec=SPEC).site(folder)
    sound = {"api": ApiSettings(socket=folder / "api.sock"), "exposition": ExpositionSettings(port=0)}
    return replace(settings, **(sound | changed))  # type: ignore[arg-type]


def found(settings: Settings) -> dict[str, Grade]:
    return {finding.code: finding.grade for finding in (*examine_store_folder(settings), *examine_places(settings))}


def a_receiver(folder: Path, group: str) -> ReceiverSettings:
    certificate = folder / "receiver.pem"
    return ReceiverSettings(address="127.0.0.1", certificate=certificate, socket=folder / "pushes.sock", group=group)


def test_a_sound_machine_has_none(tmp_path):
    assert found(the_settings(tmp_path, receiver=a_receiver(tmp_path, MINE))) == {}


def test_a_group_that_is_not_there(tmp_path):
    of_api = the_settings(tmp_path, api=ApiSettings(socket=tmp_path / "api.sock", group=NOWHERE))

    assert found(of_api) == {"socket_group_unknown": Grade.BAD}
    assert found(the_settings(tmp_path, receiver=a_receiver(tmp_path, NOWHERE))) == {"socket_group_unknown": Grade.BAD}


def test_a_role_of_a_group_that_is_not_there(tmp_path):
    api = ApiSettings(socket=tmp_path / "api.sock", viewer=(MINE, NOWHERE), operator=(NOWHERE,))

    assert found(the_settings(tmp_path, api=api)) == {"role_group_unknown": Grade.DOUBTFUL}


def test_a_folder_where_no_socket_can_be(tmp_path):
    assert found(the_settings(tmp_path, api=ApiSettings(socket=tmp_path / "no" / "where" / "api.sock"))) == {
        "socket_folder_unwritable": Grade.BAD
    }


def test_folders_that_systemd_makes_are_its_affair(tmp_path, monkeypatch):
    socket = Path("/run/bascule-of-a-test/api.sock")
    settings = the_settings(tmp_path, api=ApiSettings(socket=socket))

    assert found(settings) == {}, "nobody knows"
    monkeypatch.setenv(MADE_BY_SYSTEMD, f"/run/other:{socket.parent}")
    assert found(settings) == {}


def test_an_address_that_is_not_of_this_machine(tmp_path):
    exposition = ExpositionSettings(address="192.0.2.1", port=9817)
    api = ApiSettings(socket=tmp_path / "api.sock", address="192.0.2.1")

    assert found(the_settings(tmp_path, exposition=exposition)) == {"port_barred": Grade.BAD}
    assert found(the_settings(tmp_path, api=api)) == {"port_barred": Grade.BAD}


def test_a_store_in_a_folder_that_is_not_there(tmp_path):
    store = StoreSettings(url=f"sqlite:///{tmp_path}/no/bascule.db")

    assert found(the_settings(tmp_path, store=store)) == {"store_folder": Grade.BAD}


@pytest.mark.long
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_an_account_that_is_not_in_the_group_and_may_write_nowhere(tmp_path, mode):
    """As another account, in a process of its own."""
    folder = tmp_path / "roots"
    folder.mkdir(mode=mode)
    api = ApiSettings(socket=folder / "api.sock", group="root")
    settings = the_settings(tmp_path, api=api, store=StoreSettings(url=f"sqlite:///{folder}/bascule.db"))
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(writer, " ".join(sorted(found(settings))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)

    wrong = os.read(reader, 4096).decode().split()
    assert wrong[:2] == ["socket_folder_unwritable", "socket_group_lacks"]
    assert wrong[2].startswith("store_"), wrong
