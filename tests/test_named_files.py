"""H7: a file that is named costs itself: whatever stands there, it is one message, soon and without its content in memory."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.named_files import MOST_BYTES, UnfitFile, look_at_named, read_named, read_text_given
from tests.builders.settings import Site, a_site

SPITE: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a disk that answers with EIO": lambda path: path.symlink_to("/proc/self/mem"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a terminal": lambda path: path.symlink_to("/dev/tty"),
    "ten gigabytes": lambda path: path.write_bytes(b"") or os.truncate(path, 10**10),
    "nothing": lambda path: None,
}
UNREADABLE: dict[str, Callable[[Path], object]] = {
    "bytes that are not text": lambda path: path.write_bytes(b"\xff\xfe\x00\xd8"),
    "NUL": lambda path: path.write_bytes(b"\0" * 4096),
}
NAMED = {
    "bascule.yaml": "",
    "surge.yaml": "scenario: surge.yaml\n",
    "profile.yaml": "",
    "people.csv": "scenario: of-a-list.yaml\n",
    "secret": "",
    "ca.pem": "",
}
LOOKED_AT = ("ca.pem",)
"""Any bytes will do here: others read what stands in it, and say so."""


def a_site_naming(folder: Path, name: str) -> Site:
    """A site one of whose files is this one; it is not there yet."""
    site = a_site(folder)
    if name == "profile.yaml":
        site.change("profiles:\n", "profiles:\n  other: profile.yaml\n")
    elif name == "secret":
        site.change("{environment: MELUN_TOKEN}", "{file: secret}")
    elif name == "ca.pem":
        site.change("[https://pve1.example.org]", "[https://pve1.example.org]\n    ca_file: ca.pem")
    elif name == "people.csv":
        site.write("of-a-list.yaml", "name: list\nwaves: [{name: all, who: {logins_from: people.csv}}]\n")
    site.append(NAMED[name])
    (folder / name).unlink(missing_ok=True)
    return site


@pytest.mark.parametrize(
    ("name", "spite"),
    [(name, spite) for name in NAMED for spite in (*SPITE, *(() if name in LOOKED_AT else UNREADABLE))],
)
def test_a_file_that_cannot_be_read_is_one_message(tmp_path: Path, name: str, spite: str):
    """H7."""
    site = a_site_naming(tmp_path, name)
    ({**SPITE, **UNREADABLE}[spite])(tmp_path / name)
    problems = site.problems()

    assert problems, "it is told"
    assert len(problems) <= 3, problems
    assert "\0" not in "".join(problems)


@pytest.mark.parametrize("spite", SPITE)
def test_the_one_reader_refuses_what_is_no_file_of_a_bounded_size(tmp_path: Path, spite: str):
    SPITE[spite](tmp_path / "it")

    for read in (read_named, look_at_named):
        with pytest.raises(OSError, match="Errno"):
            read(tmp_path / "it")


class Broken(dict[str, str]):
    """An environment that fails in a way that nobody foresaw."""

    def __contains__(self, name: object) -> bool:
        raise LookupError


def test_whatever_arises_from_the_files_is_a_problem_of_the_files(tmp_path: Path):
    """H7: at a reload the last good configuration stays in force, and a start ends with exit code 2."""
    site = a_site(tmp_path)
    site.environment = Broken()

    assert site.problems() == ["bascule.yaml:1:1: cannot be taken up: LookupError; the log says where"]


def test_a_file_is_read_up_to_its_bound_and_no_byte_more(tmp_path: Path):
    file = tmp_path / "it"
    file.write_bytes(b"12345")

    assert read_named(file, most=5) == b"12345"
    with pytest.raises(UnfitFile, match="larger than 4 bytes"):
        read_named(file, most=4)


def test_what_a_person_names_on_a_command_line_may_be_a_pipe_and_is_bounded_too(tmp_path: Path):
    read_end, write_end = os.pipe()
    os.write(write_end, b"old new\n")
    os.close(write_end)

    assert read_text_given(Path(f"/proc/self/fd/{read_end}")) == "old new\n"
    os.close(read_end)
    with pytest.raises(UnfitFile, match=f"larger than {MOST_BYTES} bytes"):
        read_text_given(Path("/dev/zero"))
