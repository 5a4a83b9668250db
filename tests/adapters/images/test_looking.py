"""A root is the same from a folder, a tar and a disk; what is in it leads nowhere else."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.adapters.images.looking import look_at
from provisioner.adapters.images.walking import MOST_BYTES
from provisioner.doctor.image import QUESTION
from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageQuestion
from tests.builders.images import SHARED, a_clean_image, lay_out

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_FIRST_SECTOR = 2048


@pytest.fixture
def planted(tmp_path):
    folder = a_clean_image(tmp_path / "root")
    for files in SHARED.values():
        lay_out(folder, files)
    (folder / "var/lib/dbus").mkdir()
    (folder / "var/lib/dbus/machine-id").symlink_to("/etc/machine-id")
    return folder


def a_tar(root: Path) -> Path:
    made = root.with_name("root.tar.gz")
    with tarfile.open(made, "w:gz") as tar:
        tar.add(root, arcname=".")
    return made


def a_disk(root: Path) -> Path:
    """One file system, and nothing around it."""
    made = root.with_name("disk.raw")
    file_system(root, made)
    return made


def a_partitioned_disk(root: Path) -> Path:
    """As `build-image` lays it out: a table with one partition."""
    made = root.with_name("partitioned.raw")
    table = bytearray(512)
    table[446:462] = bytes([0x80, 0, 0, 0, 0x83, 0, 0, 0]) + _FIRST_SECTOR.to_bytes(4, "little") + (16384).to_bytes(4, "little")
    table[510:512] = b"\x55\xaa"
    made.write_bytes(table)
    file_system(root, made, "-E", f"offset={_FIRST_SECTOR * 512}")
    return made


def file_system(root: Path, disk: Path, *options: str) -> None:
    command = [shutil.which("mke2fs", path=_PATH) or "mke2fs", "-q", "-F", "-t", "ext4", *options, "-d", str(root), str(disk)]
    subprocess.run([*command, "8M"], check=True, capture_output=True, timeout=60)


@pytest.mark.long
@pytest.mark.parametrize("packed", [a_tar, a_disk, a_partitioned_disk])
def test_all_see_the_same(planted: Path, packed: Callable[[Path], Path]):
    root = look_at(planted, QUESTION)

    assert look_at(packed(planted), QUESTION) == root
    assert root.text("etc/bascule/image") == "2026-11-27"
    assert "var/lib/dbus/machine-id" in root.others
    assert "var/lib/cloud/instances/i-1" in root.others


def test_a_link_leads_nowhere(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/token").write_text("this machine's")
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "etc").symlink_to(tmp_path / "secrets")
    (folder / "token").symlink_to(tmp_path / "secrets/token")

    root = look_at(folder, ImageQuestion(names=frozenset(), texts=frozenset({"etc/token", "token"})))

    assert (dict(root.files), root.others) == ({}, {"token"})


def test_names_that_speak_debugfs_are_names(tmp_path):
    written = tmp_path / "written"
    hostile = {f"etc/x\nwrite {written}": "", "etc/a b": "one", 'etc/"quoted"': "two", "etc/<2>": "three", "usr/x": ""}
    root = lay_out(tmp_path / "root", hostile)
    question = ImageQuestion(names=frozenset(), texts=frozenset({"etc/a b", 'etc/"quoted"', "etc/<2>"}))

    assert dict(look_at(a_disk(root), question).files) == dict(look_at(root, question).files)
    assert not written.exists()


def test_a_text_without_end_is_cut(tmp_path):
    root = lay_out(tmp_path / "root", {"etc/fstab": "x" * (2 * MOST_BYTES), "usr/x": ""})
    question = ImageQuestion(names=frozenset(), texts=frozenset({"etc/fstab"}))

    assert {len(look_at(path, question).files["etc/fstab"]) for path in (root, a_tar(root), a_disk(root))} == {MOST_BYTES}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "neither a folder, nor a tar, nor a disk", id="empty"),
        pytest.param(b"x" * 4096, "neither a folder, nor a tar, nor a disk", id="anything"),
        pytest.param(b"QFI\xfb" + b"\0\0\0\3", "the image is damaged", id="half a qcow2"),
    ],
)
def test_what_is_no_image_is_said(tmp_path, content, said):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(ImageError, match=said):
        look_at(tmp_path / "file", QUESTION)


def test_what_has_no_end_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ImageError, match="neither a folder, nor a tar, nor a disk"):
            look_at(path, QUESTION)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.75, 0.99])
def test_a_tar_that_is_cut_off_is_said(planted, part):
    """Wherever: between two members it looked whole, and what was behind the cut was said to be missing."""
    whole = a_tar(planted)
    packed = whole.read_bytes()
    whole.write_bytes(packed[: int(part * len(packed))])

    with pytest.raises(ImageError, match=r"root\.tar\.gz"):
        look_at(whole, QUESTION)


def test_what_may_not_be_read_is_never_taken_for_missing():
    with tempfile.TemporaryDirectory() as home:  # pytest's own is for root alone
        Path(home).chmod(0o755)
        planted = lay_out(a_clean_image(Path(home) / "root"), SHARED["image_tls_key"])
        (planted / "etc/ssl/private").chmod(0)
        with (
            _no_root(),
            pytest.raises(ImageError, match=r"etc/ssl/private cannot be read .* run `bascule check image` as root"),
        ):
            look_at(planted, QUESTION)


@contextmanager
def _no_root() -> Iterator[None]:
    """Root may read everything; any other account is stopped by the mode alone."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)
