"""H8: an image speaks of itself only. What it names of this machine is not read; what it claims costs no memory."""

import gzip
import io
import random
import shutil
import struct
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from provisioner.adapters.images import looking, qcow2
from provisioner.adapters.images.looking import look_at
from provisioner.doctor.image import QUESTION
from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageQuestion
from tests.adapters.images.test_looking import a_disk, a_partitioned_disk, a_tar
from tests.builders.bounded import run_with
from tests.builders.cli import bascule
from tests.builders.images import a_clean_image, lay_out

_LOOK = """
import sys
from pathlib import Path
from provisioner.adapters.images.looking import look_at
from provisioner.doctor.image import QUESTION
from provisioner.errors import ImageError
try:
    print(len(look_at(Path(sys.argv[1]), QUESTION).files["etc/fstab"]))
except ImageError as error:
    print(error.reason.code)
"""
_MEMORY = 600 << 20
"""Bytes of address space; the imports alone take 200 MiB of it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_clean_image(tmp_path / "root")


def converted(disk: Path, *options: str, name: str = "disk.qcow2") -> Path:
    made = disk.with_name(name)
    _tool("qemu-img", "convert", "-f", "raw", "-O", "qcow2", *options, str(disk), str(made))
    return made


def _tool(*words: str) -> None:
    found = shutil.which(words[0], path="/usr/sbin:/sbin:/usr/bin:/bin") or words[0]
    subprocess.run([found, *words[1:]], check=True, capture_output=True, timeout=60)


def refused(path: Path) -> str:
    with pytest.raises(ImageError) as raised:
        look_at(path, QUESTION)
    return raised.value.reason.code


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-o", "compat=0.10"), id="version 2"),
        pytest.param(("-o", "compat=1.1"), id="version 3"),
        pytest.param(("-c",), id="compressed"),
        pytest.param(("-o", "cluster_size=512"), id="smallest clusters"),
        pytest.param(("-c", "-o", "cluster_size=2M"), id="largest clusters, compressed"),
        pytest.param(("-o", "preallocation=metadata"), id="all allocated"),
        pytest.param(("-o", "lazy_refcounts=on"), id="lazy"),
    ],
)
def test_a_qcow2_is_what_qemu_says_it_is(root: Path, options: tuple[str, ...]):
    disk = a_partitioned_disk(root)
    made = converted(disk, *options)

    assert look_at(made, QUESTION) == look_at(root, QUESTION)
    with made.open("rb") as image, (root.parent / "unpacked").open("w+b") as unpacked:
        qcow2.unpack("disk", image, unpacked)
        unpacked.seek(0)
        assert unpacked.read() == disk.read_bytes()


class TestQcow2:
    """Backing and data files, and what is not known."""

    def test_no_backing_file_is_read(self, root: Path, tmp_path: Path):
        """The row: a made-up image showed any disk or file of this machine that root can read."""
        host = a_disk(lay_out(tmp_path / "host" / "root", {"etc/hostname": "of-this-machine", "usr/lib/os-release": ""}))
        for number, options in enumerate((("-F", "raw"), ("-F", "raw", "-o", "compat=0.10"))):
            made = tmp_path / f"{number}.qcow2"
            _tool("qemu-img", "create", "-f", "qcow2", "-b", str(host), *options, str(made))
            ended = bascule("check", "image", str(made))
            assert (ended.code, "names a backing file" in ended.said) == (3, True), ended.said
            assert "of-this-machine" not in ended.said

    def test_no_data_file_is_read(self, root: Path, tmp_path: Path):
        disk, kept = a_disk(root), tmp_path / "kept"
        disk.rename(kept)
        made = tmp_path / "disk.qcow2"
        _tool("qemu-img", "create", "-f", "qcow2", "-o", f"data_file={disk},data_file_raw=on", str(made), "8M")
        kept.replace(disk)  # QEMU empties it
        assert refused(made) == "qcow2_data_file"

    @pytest.mark.long
    def test_an_encrypted_image_is_said(self, tmp_path: Path):
        secret, options = "secret,id=s,data=words", "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10"
        _tool("qemu-img", "create", "--object", secret, "-f", "qcow2", "-o", options, str(tmp_path / "disk.qcow2"), "8M")
        assert refused(tmp_path / "disk.qcow2") == "qcow2_encrypted"

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            pytest.param({"version": 4}, "qcow2_unknown", id="a newer version"),
            pytest.param({"backing_at": 8}, "qcow2_backing", id="a place of a backing file alone"),
            pytest.param({"backing_size": 8}, "qcow2_backing", id="a length of a backing file alone"),
            pytest.param({"features": 4}, "qcow2_data_file", id="a data file without a name"),
            pytest.param({"features": 2}, "qcow2_damaged", id="marked corrupt"),
            pytest.param({"features": 16}, "qcow2_unknown", id="extended tables"),
            pytest.param({"features": 1 << 40}, "qcow2_unknown", id="a feature of another day"),
            pytest.param({"bits": 8}, "qcow2_damaged", id="clusters too small"),
            pytest.param({"bits": 63}, "qcow2_damaged", id="clusters too large"),
            pytest.param({"size": 1 << 62}, "qcow2_large", id="a disk of 4 EiB"),
            pytest.param({"entries": 1 << 31}, "qcow2_damaged", id="a first table of 16 GiB"),
            pytest.param({"entries": 0}, "qcow2_damaged", id="a first table for a smaller disk"),
            pytest.param({"table_at": 1 << 40}, "qcow2_damaged", id="a first table behind the end"),
            pytest.param({"table_at": (1 << 64) - 1}, "qcow2_damaged", id="a first table nowhere"),
        ],
    )
    def test_a_claim_costs_nothing(self, root: Path, changed: dict[str, int], code: str):
        made = converted(a_disk(root))
        spoil(made, **changed)
        begun = time.monotonic()
        assert refused(made) == code
        assert time.monotonic() - begun < 5

    def test_an_extension_that_names_a_file_is_refused_whatever_the_features_say(self, root: Path):
        for kind, code in ((0xE2792ACA, "qcow2_backing"), (0x44415441, "qcow2_data_file"), (0x0537BE77, "qcow2_encrypted")):
            made = converted(a_disk(root))
            with made.open("r+b") as file:
                file.seek(100)
                length = struct.unpack(">I", file.read(4))[0]
                file.seek(length)
                file.write(struct.pack(">II", kind, 8) + b"/etc/pwd" + bytes(8))
            assert refused(made) == code

    @pytest.mark.long
    def test_one_packed_cluster_that_is_named_many_times_has_an_end(self, tmp_path: Path, root: Path):
        """64 KiB in the file, 4 TiB on the disk."""
        made = tmp_path / "bomb.qcow2"
        made.write_bytes(a_bomb())
        begun = time.monotonic()
        assert refused(made) == "qcow2_large"
        assert time.monotonic() - begun < 30


def a_bomb() -> bytes:
    """One second table, named by every entry of the first; each of its entries names the same packed cluster."""
    import zlib

    cluster = 1 << 16
    packer = zlib.compressobj(9, zlib.DEFLATED, -12)
    packed = packer.compress(b"\1" * cluster) + packer.flush()
    first, below = 8192, cluster // 8
    header = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, first * below * cluster, 0, first, cluster, 0, 0, 0, 0)
    entry = 1 << 62 | (-(-len(packed) // 512)) << 54 | 3 * cluster
    tables = struct.pack(">Q", 2 * cluster) * first + struct.pack(">Q", entry) * below
    return header.ljust(cluster, b"\0") + tables + packed.ljust(cluster, b"\0")


_FIELDS = {"version": (4, ">I"), "backing_at": (8, ">Q"), "backing_size": (16, ">I"), "bits": (20, ">I"), "size": (24, ">Q")}
_FIELDS |= {"crypt": (32, ">I"), "entries": (36, ">I"), "table_at": (40, ">Q"), "features": (72, ">Q")}


def spoil(image: Path, **changed: int) -> None:
    with image.open("r+b") as file:
        for name, value in changed.items():
            at, form = _FIELDS[name]
            file.seek(at)
            file.write(struct.pack(form, value))


class TestMemory:
    """In a child process whose memory has an end."""

    @pytest.mark.long
    def test_a_sparse_file_of_3_gib_in_a_disk_is_not_held(self, root: Path):
        disk = a_disk(root)
        _tool("debugfs", "-w", "-R", "set_inode_field etc/fstab size 3221225472", str(disk))
        ended = run_with(_MEMORY, _LOOK, str(disk))
        assert ended.stdout.strip() == str(1 << 20), ended.stderr[-500:]

    @pytest.mark.long
    def test_a_sparse_file_of_3_gib_in_a_folder_is_not_held(self, root: Path):
        with (root / "etc/fstab").open("wb") as file:
            file.truncate(3 << 30)
        ended = run_with(_MEMORY, _LOOK, str(root))
        assert ended.stdout.strip() == str(1 << 20), ended.stderr[-500:]

    @pytest.mark.long
    @pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK])
    def test_a_name_of_2_gib_in_a_tar_is_not_held(self, root: Path, kind: bytes):
        member = tarfile.TarInfo("x")
        member.type, member.size = kind, 2 << 30
        made = root.with_name("forged.tar")
        with made.open("wb") as file:
            file.write(member.tobuf(tarfile.GNU_FORMAT))
            file.truncate((2 << 30) + 2048)
        ended = run_with(_MEMORY, _LOOK, str(made))
        assert ended.stdout.strip() == "image_unreadable", ended.stderr[-500:]

    @pytest.mark.long
    def test_a_packed_tar_that_has_no_end_is_left(self, root: Path):
        """16 MiB of zeros in 16 KiB, and so on: until more than any image has is unpacked."""
        member = tarfile.TarInfo("etc/fstab")
        member.size = 1 << 30
        zeros = gzip.compress(bytes(16 << 20), 9)
        made = root.with_name("bomb.tar.gz")
        made.write_bytes(gzip.compress(member.tobuf()) + zeros * 20)
        ended = run_with(_MEMORY, _LOOK, str(made))
        assert ended.stdout.strip() == "image_unreadable", ended.stderr[-500:]


@pytest.mark.long
def test_more_matching_files_than_any_image_has_are_not_listed(tmp_path: Path):
    made = tmp_path / "many.tar"
    with tarfile.open(made, "w") as tar:
        for number in range(10_001):
            tar.addfile(tarfile.TarInfo(f"etc/ssh/ssh_host_{number}_key"))
    assert refused(made) == "image_many_files"


def test_of_two_members_with_a_name_the_last_counts(tmp_path: Path):
    made = tmp_path / "twice.tar"
    with tarfile.open(made, "w") as tar:
        for text in (b"first", b"second"):
            member = tarfile.TarInfo("etc/hostname")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    found = look_at(made, ImageQuestion(names=frozenset(), texts=frozenset({"etc/hostname"})))
    assert dict(found.files) == {"etc/hostname": "second"}


def test_a_partition_that_begins_behind_the_end_is_no_error(root: Path):
    disk = a_partitioned_disk(root)
    table = bytearray(disk.read_bytes()[:512])
    table[462:478] = bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (0xFFFFFFF0).to_bytes(4, "little") + (0xFF).to_bytes(4, "little")
    with disk.open("r+b") as file:
        file.write(table)
    assert look_at(disk, QUESTION) == look_at(root, QUESTION)


def test_a_link_that_is_put_into_a_folder_while_it_is_walked_is_not_followed(root: Path, tmp_path: Path):
    """By a look at the folder of its own between listing and reading: the same operations in the same order."""
    from provisioner.adapters.images.looking import FolderTree
    from provisioner.files import Folder

    (tmp_path / "shadow").write_text("of this machine")
    with Folder(root) as folder:
        tree = FolderTree(folder)
        assert "hostname" not in tree.entries("etc")
        (root / "etc").rename(root / "etc.before")
        (root / "etc").symlink_to(tmp_path)
        with pytest.raises(ImageError, match="is a link"):
            tree.read("etc/shadow")


class TestFuzz:
    """With a fixed seed: an image, or the one error class, in bounded time."""

    @pytest.mark.long
    @pytest.mark.parametrize("rounds", [20, pytest.param(300, marks=pytest.mark.night)])
    @pytest.mark.parametrize("kind", ["tar", "qcow2", "table"])
    def test_wrong_bytes_are_an_image_error_or_an_image(self, root: Path, kind: str, rounds: int):
        made = {"tar": self._tar, "qcow2": lambda root: converted(a_disk(root)), "table": a_partitioned_disk}[kind](root)
        whole, chance = made.read_bytes(), random.Random(34)
        begun = time.monotonic()
        for _ in range(rounds):
            wrong = bytearray(whole)
            for _ in range(chance.choice((1, 2, 8, 40))):
                at = chance.choice((chance.randrange(512), chance.randrange(min(len(whole), 1 << 16))))
                wrong[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0x30, chance.randrange(256)))
            made.write_bytes(wrong if chance.random() < 0.8 else wrong[: chance.randrange(len(wrong))])
            try:
                look_at(made, QUESTION)
            except ImageError as error:
                assert error.reason.code, str(error)  # noqa: PT017 (not raised is right, too)
        assert time.monotonic() - begun < 2 * rounds

    def _tar(self, root: Path) -> Path:
        """With headers of all kinds, not packed: a wrong byte in a packed one is found by its checksum."""
        made = root.with_name("root.tar")
        with tarfile.open(made, "w", format=tarfile.PAX_FORMAT) as tar:
            tar.add(root, arcname=".")
            tar.addfile(tarfile.TarInfo("é" * 120))
        return made


@pytest.mark.parametrize("pack", [a_tar])
def test_bounds_are_far_above_what_images_have(root: Path, pack):
    with pack(root).open("rb") as file:
        assert looking._most(file) == 256 << 20
