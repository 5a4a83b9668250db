"""`bascule guest files`: what a golden image is given, and of which site (F1)."""

from pathlib import Path

import pytest

from provisioner.model.vm_marks import mac_for
from provisioner.setup.receiver_files import new_receiver
from tests.builders.cli import bascule, files_of
from tests.sessions.desktops import _own, _push
from tests.setup.test_writing import NOW, written

_machine = _own("machine")


def a_site(folder: Path, name: str = "192.0.2.10") -> Path:
    written(folder, receiver=new_receiver(name, 9900, own="192.0.2.10", now=NOW))
    return folder / "site" / "bascule.yaml"


def laid_out(folder: Path, config: Path) -> str:
    ended = bascule("guest", "files", str(folder), "--config", str(config))
    assert ended.code == 0, ended.said
    return ended.said


@pytest.mark.parametrize("name", ["192.0.2.10", "2001:db8::1", "bascule.example.org"])
def test_with_its_site_an_image_knows_the_receiver_and_its_authority(tmp_path: Path, name: str):
    config = a_site(tmp_path, name)
    said = laid_out(tmp_path / "image", config)

    conf, authority = (tmp_path / "image/etc/bascule" / name for name in ("guest.conf", "receiver-ca.pem"))
    assert (str(conf) in said, str(authority) in said) == (True, True)
    assert authority.read_text() == (config.parent / "receiver-ca.pem").read_text()
    assert [path.stat().st_mode & 0o777 for path in (conf, authority)] == [0o644, 0o644]
    card = tmp_path / "image/sys/class/net/eth0/address"
    card.parent.mkdir(parents=True)
    card.write_text(mac_for(5001, "oise"))
    receiver = _push.receiver_of(_machine.Machine(tmp_path / "image"))
    host = f"[{name}]" if ":" in name else name
    assert (receiver.url, receiver.ca_file) == (f"https://{host}:9900/v1/report", "/etc/bascule/receiver-ca.pem")


def test_no_secret_of_the_site_is_in_it(tmp_path: Path):
    laid_out(tmp_path / "image", a_site(tmp_path))

    texts = [path.read_text() for path in (tmp_path / "image").rglob("*") if path.is_file()]
    assert texts
    assert not [text for text in texts if "PRIVATE KEY" in text]


def test_what_a_site_has_written_there_stays(tmp_path: Path):
    conf = tmp_path / "image/etc/bascule/guest.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("[push]\nurl = https://mine\n")

    said = laid_out(tmp_path / "image", a_site(tmp_path))

    assert f"{conf} is there, and stays as it is" in said
    assert conf.read_text() == "[push]\nurl = https://mine\n"


def test_without_a_site_it_is_as_it_was(tmp_path: Path):
    assert bascule("guest", "files", str(tmp_path / "image")).code == 0

    assert {path.name for path in (tmp_path / "image/etc/bascule").iterdir()} == {"guest.conf.example"}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        pytest.param("receiver: {address: 192.0.2.10, certificate: r.pem}", "has no `name`", id="a receiver without a name"),
        pytest.param("naming: {}", "receiver: is missing", id="no receiver"),
        pytest.param(
            "receiver: {address: 192.0.2.10, certificate: r.pem, name: here, authority: gone.pem}",
            "gone.pem: No such file",
            id="gone",
        ),
        pytest.param(
            "receiver: {address: 192.0.2.10, certificate: r.pem, name: here, authority: bascule.yaml}",
            "cannot be used",
            id="no PEM",
        ),
    ],
)
def test_what_is_not_known_of_the_site_is_one_message_and_nothing_is_laid_out(tmp_path: Path, section: str, said: str):
    (tmp_path / "bascule.yaml").write_text(f"{section}\n")

    ended = bascule("guest", "files", str(tmp_path / "image"), "--config", str(tmp_path / "bascule.yaml"))

    assert (ended.code, said in ended.said) == (2, True), ended.said
    assert not [name for name in files_of(tmp_path) if "image" in str(name)]


class TestLinks:
    """H8: an image's links lead to this machine's own files, and `guest files` runs as root."""

    @pytest.mark.parametrize("windows", [(), ("--windows",)])
    def test_a_linked_file_of_this_machine_stays_as_it_is(self, tmp_path: Path, windows: tuple[str, ...]):
        image, ours = tmp_path / "image", tmp_path / "cron"
        ours.write_text("this machine's")
        for place in ("usr/local/bin/bascule-guest", "etc/systemd/system/bascule-guest.service", "bascule-report.ps1"):
            (image / place).parent.mkdir(parents=True, exist_ok=True)
            (image / place).symlink_to(ours)

        assert bascule("guest", "files", str(image), *windows).code == 0

        assert ours.read_text() == "this machine's"
        assert ours.stat().st_mode & 0o111 == 0
        laid = image / ("bascule-report.ps1" if windows else "usr/local/bin/bascule-guest")
        assert (laid.is_symlink(), laid.is_file()) == (False, True)

    @pytest.mark.parametrize("place", ["usr", "usr/local", "usr/local/bin", "etc/systemd/system", "etc/bascule"])
    @pytest.mark.parametrize("target", ["host", "gone"])
    def test_a_linked_folder_is_one_message_and_nothing_is_laid_behind_it(self, tmp_path: Path, place: str, target: str):
        image, host = tmp_path / "image", tmp_path / "host"
        host.mkdir()
        (image / place).parent.mkdir(parents=True)
        (image / place).symlink_to(tmp_path / target)

        ended = bascule("guest", "files", str(image), "--config", str(a_site(tmp_path)))

        assert (ended.code, f"{image / place} is a link, which is not followed" in ended.said) == (3, True), ended.said
        assert (files_of(host), (tmp_path / "gone").exists()) == (set(), False)

    def test_a_linked_configuration_of_the_site_stays(self, tmp_path: Path):
        conf = tmp_path / "image/etc/bascule/guest.conf"
        conf.parent.mkdir(parents=True)
        conf.symlink_to(tmp_path / "gone")

        assert f"{conf} is there, and stays as it is" in laid_out(tmp_path / "image", a_site(tmp_path))
        assert not (tmp_path / "gone").exists()
