"""The folder of connection files: for its owner alone, whole files, and nothing of others' is touched."""

import os
import stat

import pytest

from provisioner.adapters.rdp.folder import ConnectionFolder, file_name
from provisioner.adapters.rdp.signing import MARK
from provisioner.errors import BasculeError


def ours(text: str, *, installation: str = "seine") -> bytes:
    return f"{text}\r\n{MARK}{installation}\r\n".encode("utf-16")


def write(folder, files, *, keep=None, alone=False):
    return ConnectionFolder(folder, installation="seine").write(files, keep=keep or {}, alone=alone)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_has_rights_whatever_the_umask_is(tmp_path):
    before = os.umask(0)
    try:
        write(tmp_path / "rdp", {"zmartin.rdp": ours("a")})
    finally:
        os.umask(before)

    assert mode(tmp_path / "rdp") == 0o700
    assert mode(tmp_path / "rdp" / "zmartin.rdp") == 0o600


def test_a_folder_that_others_may_enter_is_refused(tmp_path):
    (tmp_path / "rdp").mkdir(mode=0o755)

    with pytest.raises(BasculeError, match=r"mode 0755.*chmod 700"):
        write(tmp_path / "rdp", {"zmartin.rdp": ours("a")})


def test_only_what_changed_is_written_and_only_ours_is_removed(tmp_path):
    folder = tmp_path / "rdp"
    write(folder, {"a.rdp": ours("1"), "b.rdp": ours("1"), "c.rdp": ours("1"), "d.rdp": ours("1")})
    (folder / "notes.rdp").write_text("an administrator's own")
    (folder / "other.rdp").write_bytes(ours("1", installation="marne"))

    done = write(folder, {"a.rdp": ours("1"), "b.rdp": ours("2")}, keep={"c.rdp": ours("1"), "d.rdp": ours("2")})

    assert (done.written, done.unchanged, done.removed) == (("b.rdp",), ("a.rdp",), ("d.rdp",))
    assert sorted(path.name for path in folder.iterdir()) == ["a.rdp", "b.rdp", "c.rdp", "notes.rdp", "other.rdp"]


def test_for_one_person_nobody_elses_file_is_removed(tmp_path):
    folder = tmp_path / "rdp"
    write(folder, {"a.rdp": ours("1"), "b.rdp": ours("1")})

    assert write(folder, {"a.rdp": ours("2")}, alone=True).removed == ()
    assert (folder / "b.rdp").exists()


def test_a_file_without_our_mark_is_not_replaced(tmp_path):
    folder = tmp_path / "rdp"
    folder.mkdir(mode=0o700)
    (folder / "a.rdp").write_text("full address:s:elsewhere")

    with pytest.raises(BasculeError, match="is not a connection file of this installation"):
        write(folder, {"a.rdp": ours("1"), "b.rdp": ours("1")})
    assert (folder / "a.rdp").read_text() == "full address:s:elsewhere"
    assert not (folder / "b.rdp").exists()


def test_a_link_is_not_followed(tmp_path):
    folder = tmp_path / "rdp"
    folder.mkdir(mode=0o700)
    (tmp_path / "target").write_bytes(ours("1"))
    (folder / "a.rdp").symlink_to(tmp_path / "target")

    with pytest.raises(BasculeError, match="is not a connection file"):
        write(folder, {"a.rdp": ours("2")})
    assert (tmp_path / "target").read_bytes() == ours("1")


def test_a_half_written_file_of_a_run_that_was_killed_is_replaced(tmp_path):
    folder = tmp_path / "rdp"
    folder.mkdir(mode=0o700)
    (folder / ".bascule-0123").write_bytes(b"half")

    write(folder, {"a.rdp": ours("1")})

    assert [path.name for path in folder.iterdir()] == ["a.rdp"]


@pytest.mark.parametrize(
    ("login", "name"),
    [
        ("zmartin", "zmartin.rdp"),
        ("JDupont", "jdupont.rdp"),
        ("j.dupont@dep.example", "j.dupont@dep.example.rdp"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.rdp"),
        (".hidden", "%2Ehidden.rdp"),
        ("zoé", "zo%C3%A9.rdp"),
        ("a\nb", "a%0Ab.rdp"),
    ],
)
def test_a_login_names_its_file_and_no_other_place(login, name):
    assert file_name(login) == name


def test_a_long_login_has_a_file_of_its_own_and_keeps_nobody_from_theirs(tmp_path):
    """H10: one entry with a login of 60 accents, or of 256 letters, kept everybody else's file from being written."""
    long = ["é" * 60, "è" * 60, "a" * 256, "a" * 255 + "b"]
    names = {file_name(login) for login in long}
    forged = {file_name(name.removesuffix(".rdp")) for name in names}
    files = dict.fromkeys((*names, *forged, file_name("zmartin")), b"x")

    assert len(files) == 2 * len(long) + 1
    assert len(ConnectionFolder(tmp_path / "out", installation="x").write(files, keep={}, alone=False).written) == len(files)
