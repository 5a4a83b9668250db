"""Whoever has SECURITY.md of a clone verifies a release with OpenSSH alone, by the commands of docs/en/releases.md."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ansible.operated.pages import pasted
from tests.packaging.wheels import CHECKOUT
from tests.release.checkouts import done_in, named_key, well
from tests.servers.sshd import new_key

pytestmark = pytest.mark.long

TAKE_KEY, VERIFY = (block for block in pasted("docs/en/releases.md") if "bascule.allowed_signers" in block)
(LINE,) = (block for block in pasted("docs/en/releases.md") if block.startswith("echo"))
NAMES = ("bascule-0.1.0.tar", "bascule-0.1.0-py3-none-any.whl")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The two files of a clone that count here; its key is a test's."""
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(CHECKOUT / ".ci/sign", folder / ".ci")
    shutil.copy(CHECKOUT / "SECURITY.md", folder)
    named_key(folder, new_key(tmp_path / "key"))
    return folder


@pytest.fixture
def release(clone: Path, tmp_path: Path) -> Path:
    """Two files, summed and signed."""
    folder = tmp_path / "release"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text(f"this is {name}")
    (folder / "SHA256SUMS").write_text(well(done_in(folder, "sha256sum", *NAMES)))
    well(done_in(clone, ".ci/sign", str(tmp_path / "key"), str(folder / "SHA256SUMS")))
    return folder


def test_the_page_prints_the_line_of_a_key(clone: Path, tmp_path: Path):
    """As SECURITY.md wants it."""
    (tmp_path / ".ssh").mkdir()
    shutil.copy(tmp_path / "key.pub", tmp_path / ".ssh/bascule-release.pub")
    line = well(done_in(tmp_path, "bash", "-e", "-c", LINE, HOME=str(tmp_path)))

    assert line in (clone / "SECURITY.md").read_text(encoding="utf-8")
    assert line.startswith("bascule-release ")


def verified(clone: Path, release: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """By a person who pastes both blocks of the page."""
    well(done_in(clone, "bash", "-e", "-c", TAKE_KEY, HOME=str(home)))
    return done_in(release, "bash", "-e", "-c", VERIFY, HOME=str(home))


def test_what_was_signed_verifies(clone: Path, release: Path, tmp_path: Path):
    said = well(verified(clone, release, tmp_path))

    assert 'Good "bascule-release" signature' in said
    assert [f"{name}: OK" for name in NAMES] == said.splitlines()[1:]


def test_whoever_has_downloaded_one_file_verifies_this_one(clone: Path, release: Path, tmp_path: Path):
    (release / NAMES[0]).unlink()

    assert well(verified(clone, release, tmp_path)).splitlines()[1:] == [f"{NAMES[1]}: OK"]


def test_a_file_that_was_changed_is_refused(clone: Path, release: Path, tmp_path: Path):
    (release / NAMES[0]).write_text("something else")
    refused = verified(clone, release, tmp_path)

    assert (refused.returncode, f"{NAMES[0]}: FAILED" in refused.stdout) == (1, True)


def test_sums_that_were_changed_with_the_file_are_refused(clone: Path, release: Path, tmp_path: Path):
    (release / NAMES[0]).write_text("something else")
    (release / "SHA256SUMS").write_text(well(done_in(release, "sha256sum", *NAMES)))
    refused = verified(clone, release, tmp_path)

    assert refused.returncode != 0
    assert "OK" not in refused.stdout


def test_another_key_verifies_nothing(clone: Path, release: Path, tmp_path: Path):
    """Signed as a release, by somebody else."""
    (release / "SHA256SUMS.sig").unlink()
    other = new_key(tmp_path / "another")
    well(done_in(release, "ssh-keygen", "-Y", "sign", "-f", str(other), "-n", "bascule-release", "SHA256SUMS"))

    assert verified(clone, release, tmp_path).returncode != 0


def test_a_signature_of_the_same_key_for_something_else_verifies_nothing(clone: Path, release: Path, tmp_path: Path):
    (release / "SHA256SUMS.sig").unlink()
    well(done_in(release, "ssh-keygen", "-Y", "sign", "-f", str(tmp_path / "key"), "-n", "git", "SHA256SUMS"))

    assert verified(clone, release, tmp_path).returncode != 0


def test_what_nobody_could_verify_is_not_signed(clone: Path, release: Path, tmp_path: Path):
    refused = done_in(clone, ".ci/sign", str(new_key(tmp_path / "another")), str(release / "SHA256SUMS"))

    assert refused.returncode == 1
    assert "no line 'bascule-release …' of SECURITY.md verifies it" in refused.stderr
    assert not (release / "SHA256SUMS.sig").exists()


def test_without_a_key_in_the_page_nothing_verifies(clone: Path, release: Path, tmp_path: Path):
    """As it is in the repository before the first release."""
    page = clone / "SECURITY.md"
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    page.write_text("".join(line for line in lines if not line.startswith("bascule-release ")), encoding="utf-8")
    taken = done_in(clone, "bash", "-e", "-c", TAKE_KEY, HOME=str(tmp_path))
    refused = done_in(release, "bash", "-e", "-c", VERIFY, HOME=str(tmp_path))

    assert (taken.returncode, refused.returncode != 0) == (1, True)
