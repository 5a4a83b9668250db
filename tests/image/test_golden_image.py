"""The golden image itself, built from Debian's packages: clean, hardened, and two clones of it under QEMU share nothing."""

import socket
import ssl
import tarfile
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from provisioner.adapters.images.looking import look_at
from provisioner.doctor.image import QUESTION, examine_image
from provisioner.model.machines.desktops import FirstBoot
from provisioner.model.status_document import parse_status
from tests.image.build import VERSION, built
from tests.image.qemu import Clone, clone
from tests.servers.processes import START_S

pytestmark = pytest.mark.image

_TLS = bytes.fromhex("030000130ee000000000000100080001000000")
"""The first words of an RDP client that speaks TLS: [MS-RDPBCGR] 2.2.1.1."""
_PLAIN = bytes.fromhex("030000130ee000000000000100080000000000")
"""Of a client that does not."""
_ACCEPTED, _REFUSED = 2, 3


@pytest.fixture(scope="module")
def image() -> Path:
    return built()


def text_of(root: Path, path: str) -> str:
    with tarfile.open(root) as tar:
        file = tar.extractfile(f"./{path}")
        assert file is not None
        return file.read().decode()


@pytest.mark.parametrize("name", ["root.tar", "golden.raw"])
def test_it_is_clean(image, name):
    (finding,) = examine_image(name, look_at(image / name, QUESTION))

    assert finding.code == "image_good"
    assert VERSION in finding.text


def test_nobody_logs_on_with_a_password_of_the_image(image):
    root = image / "root.tar"

    fields = [line.split(":")[1] for line in text_of(root, "etc/shadow").splitlines()]
    assert all(field.startswith(("!", "*")) for field in fields)
    assert "PasswordAuthentication no" in text_of(root, "etc/ssh/sshd_config.d/50-bascule.conf")
    assert "AllowRootLogin=false" in text_of(root, "etc/xrdp/sesman.ini")


def test_it_speaks_french_and_english(image):
    root = image / "root.tar"

    assert {"fr_FR.UTF-8", "en_GB.UTF-8"} <= set(text_of(root, "etc/locale.gen").split())
    assert "LANG=fr_FR.UTF-8" in text_of(root, "etc/default/locale")


def test_two_clones_get_ready_and_share_nothing(image):
    with tempfile.TemporaryDirectory(prefix="img-") as home, ExitStack() as running:
        clones = [
            running.enter_context(clone(image / "golden.raw", Path(home) / str(vmid), vmid=vmid)) for vmid in (20003, 20004)
        ]
        reports = [machine.report() for machine in clones]
        names = [machine.asked("guest-get-host-name")["host-name"] for machine in clones]
        certificates = [certificate_of(machine) for machine in clones]

        assert [report["first_boot"] for report in reports] == ["done", "done"]
        assert {report["image"] for report in reports} == {VERSION}
        assert names == ["vd-20003", "vd-20004"]
        assert reports[0]["machine"] != reports[1]["machine"]
        assert len(reports[0]["host_keys"]) >= 2
        assert not set(reports[0]["host_keys"]) & set(reports[1]["host_keys"])
        assert certificates[0] != certificates[1]
        assert first_words(clones[0], _PLAIN)[11] == _REFUSED

        text = clones[0].read("/run/bascule/status.json")
        parsed = parse_status(text, read_at=reports[0]["written_at"], source="guest_agent", signed=True)
        assert parsed.first_boot is FirstBoot.DONE


def first_words(machine: Clone, said: bytes) -> bytes:
    """What xrdp answers."""
    with socket.create_connection(("127.0.0.1", machine.rdp_port), timeout=START_S) as connection:
        connection.sendall(said)
        return connection.recv(64)


def certificate_of(machine: Clone) -> bytes | None:
    """Of its log-on port."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", machine.rdp_port), timeout=4 * START_S) as connection:
        connection.sendall(_TLS)
        assert connection.recv(64)[11] == _ACCEPTED
        with context.wrap_socket(connection) as secured:
            return secured.getpeercert(binary_form=True)
