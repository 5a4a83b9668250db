"""A wheel that the key of releases has not signed is not installed."""

import subprocess
from pathlib import Path

import pytest

from tests.builders.ansible import ANSIBLE

PROGRAM = ANSIBLE / "roles/bascule/files/signed.sh"
WHEEL, BUNDLE = "bascule-1.0.0-py3-none-any.whl", "bascule 1.0.0.tar"


def ran(*words: object, folder: Path, text: str = "") -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, input=text, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder with a wheel and a bundle, their sums, and the signature of these; `signers` names its key."""
    for name in (WHEEL, BUNDLE):
        (tmp_path / name).write_text(f"content of {name}")
    for key in ("key", "other"):
        ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key, folder=tmp_path)
    public = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    (tmp_path / "signers").write_text(f'bascule-release namespaces="bascule-release" {public}\n')
    (tmp_path / "SHA256SUMS").write_text(ran("sha256sum", WHEEL, folder=tmp_path) + summed(tmp_path))
    sign(tmp_path, "key")
    return tmp_path


def summed(folder: Path) -> str:
    """The bundle's line; its name has a space, as a folder of an operator's may."""
    return ran("sha256sum", BUNDLE, folder=folder).replace(BUNDLE, BUNDLE.replace(" ", "-"))


def name_alone(folder: Path, name: str) -> None:
    (folder / "SHA256SUMS").write_text(ran("sha256sum", name, folder=folder))


def sign(folder: Path, key: str) -> None:
    (folder / "SHA256SUMS.sig").unlink(missing_ok=True)
    ran("ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "bascule-release", "SHA256SUMS", folder=folder)


def verified(folder: Path, *bundle: str) -> "subprocess.CompletedProcess[str]":
    command = [PROGRAM, folder / "signers", folder / WHEEL, *(folder / name for name in bundle)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_signed_is_named_by_its_sum(release: Path) -> None:
    (release / BUNDLE).rename(release / BUNDLE.replace(" ", "-"))
    done = verified(release, BUNDLE.replace(" ", "-"))

    assert (done.returncode, done.stdout) == (0, ran("sha256sum", WHEEL, folder=release).split()[0] + "\n")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda folder: (folder / WHEEL).write_text("another"), f"{WHEEL} is not what SHA256SUMS names"),
        (lambda folder: (folder / "SHA256SUMS.sig").unlink(), "there is no file SHA256SUMS.sig"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "there is no file SHA256SUMS"),
        (lambda folder: sign(folder, "other"), "SHA256SUMS is not signed by a key of"),
        (lambda folder: (folder / "signers").unlink(), "there is no file"),
        (lambda folder: name_alone(folder, "key"), "is not signed by a key of"),
        (lambda folder: [name_alone(folder, "key"), sign(folder, "key")], f"{WHEEL} is not what SHA256SUMS names"),
    ],
    ids=["another wheel", "no signature", "no sums", "another key", "no signers", "other sums", "not among the sums"],
)
def test_anything_else_is_refused(release: Path, change, why: str) -> None:
    change(release)
    done = verified(release)

    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr


def test_a_bundle_is_compared_too(release: Path) -> None:
    assert f"{BUNDLE} is not what SHA256SUMS names" in verified(release, BUNDLE).stderr
    (release / "other.tar").write_text("not of the release")
    assert "other.tar is not what SHA256SUMS names" in verified(release, "other.tar").stderr


def test_a_signature_for_something_else_counts_for_nothing(release: Path) -> None:
    """By the same key: of a commit, or a letter."""
    (release / "SHA256SUMS.sig").unlink()
    ran("ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", "git", "SHA256SUMS", folder=release)

    assert "is not signed by a key of" in verified(release).stderr
