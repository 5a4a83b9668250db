"""`make release`: of a tagged, clean commit, with a key that SECURITY.md names; else a line for each reason, and no file."""

import subprocess
from pathlib import Path

import pytest

from tests.ansible.operated.pages import pasted
from tests.release.checkouts import a_repository, cloned, committed, done_in, named_key, well
from tests.release.packages import ARCHITECTURE, NOT_PACKED, with_wheels
from tests.servers.sshd import new_key

pytestmark = pytest.mark.long

(MAKE,) = (block for block in pasted("docs/en/releases.md") if block.startswith("make release"))
JUDGED = (".ci", ".gitignore", "CHANGELOG.md", "Makefile", "SECURITY.md", "pyproject.toml", "requirements-t*.lock")
"""What a refusal reads, or an installation; not the daemon."""
FILES = {
    "bascule-0.1.0-py3-none-any.whl",
    "bascule-0.1.0.tar",
    "bascule-0.1.0.tar.gz",
    "bascule.cdx.json",
    "bascule-twin.cdx.json",
    f"bascule_0.1.0-1_{ARCHITECTURE}.deb",
}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page keeps it."""
    folder = tmp_path_factory.mktemp("home") / ".ssh"
    folder.mkdir()
    return new_key(folder / "bascule-release")


def ready(repository: Path, key: Path) -> Path:
    """With a commit of which a release may be made."""
    named_key(repository, key)
    page = repository / "CHANGELOG.md"
    text = page.read_text(encoding="utf-8")
    assert "## Unreleased: 0.1.0" in text
    page.write_text(text.replace("## Unreleased: 0.1.0", "## 0.1.0"), encoding="utf-8")
    committed(repository, "0.1.0")
    well(done_in(repository, "git", "tag", "--annotate", "--message", "0.1.0", "v0.1.0"))
    return repository


@pytest.fixture(scope="module")
def small(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ready(a_repository(tmp_path_factory.mktemp("small"), *JUDGED), key)


@pytest.fixture
def clone(small: Path, tmp_path: Path) -> Path:
    clone = cloned(small, tmp_path / "clone")
    for name, value in {"user.name": "A test", "user.email": "test@example.org"}.items():
        well(done_in(clone, "git", "config", name, value))
    return clone


def state(folder: Path) -> dict[str, int]:
    """Every file and folder with its time."""
    return {str(path): path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def refused(clone: Path, key: str | Path) -> list[str]:
    """The reasons; nothing is written."""
    before = state(clone)
    done = done_in(clone, "make", "release", f"KEY={key}")
    title, *reasons, end = done.stderr.splitlines()

    assert (done.returncode, done.stdout, title) == (2, "", "no release is made, and nothing was written:")
    assert end.startswith("make: ***")
    assert state(clone) == before
    return [reason.strip() for reason in reasons]


def test_a_changed_file_is_refused(clone: Path, key: Path):
    (clone / "Makefile").write_text("# changed\n" + (clone / "Makefile").read_text())

    assert refused(clone, key) == ["the tree is dirty: 1 files are not as in the commit, Makefile first"]


@pytest.mark.parametrize("ignored_by", ["nobody", ".git/info/exclude"])
def test_a_file_that_nobody_has_committed_is_refused(clone: Path, key: Path, ignored_by: str):
    """The wheel would have it, also if the person's own git ignores it."""
    (clone / ".ci/mine").write_text("")
    (clone / ".git/info/exclude").write_text("mine\n" if "exclude" in ignored_by else "")

    assert refused(clone, key) == ["the tree is dirty: 1 files are not as in the commit, .ci/mine first"]


@pytest.mark.parametrize("tag", ["none", "of another version", "of an earlier commit"])
def test_a_commit_without_its_tag_is_refused(clone: Path, key: Path, tag: str):
    if tag == "of an earlier commit":
        well(done_in(clone, "git", "commit", "--quiet", "--allow-empty", "--message", "one more"))
    else:
        well(done_in(clone, "git", "tag", "--delete", "v0.1.0"))
    if tag == "of another version":
        well(done_in(clone, "git", "tag", "v0.1.0.1"))

    assert refused(clone, key) == ["HEAD has no tag v0.1.0, the version of pyproject.toml"]


@pytest.mark.parametrize(
    "section",
    [pytest.param("## Unreleased: 0.1.0\n\nText.\n", id="not yet"), pytest.param("## 0.1.0\n\n## 0.0.9\n\nOld.\n", id="empty")],
)
def test_a_version_of_which_the_changelog_says_nothing_is_refused(clone: Path, key: Path, section: str):
    (clone / "CHANGELOG.md").write_text(section)
    committed(clone, "another text")
    well(done_in(clone, "git", "tag", "--force", "v0.1.0"))

    assert refused(clone, key) == ["CHANGELOG.md has no section '## 0.1.0'"]


def test_a_key_that_the_policy_does_not_name_is_refused(clone: Path, tmp_path: Path):
    (reason,) = refused(clone, new_key(tmp_path / "another"))

    assert reason.startswith(f"SECURITY.md does not name the key {tmp_path}/another (SHA256:")


def test_no_key_and_a_file_without_one_are_refused(clone: Path):
    assert refused(clone, "")[0].startswith("there is no KEY: make release KEY=FILE")
    assert refused(clone, "Makefile") == ["ssh-keygen reads no key in Makefile"]


def test_this_repository_is_refused_for_every_reason_at_once(tmp_path: Path):
    """It has no key, no tag and no section yet; whoever makes the first release changes this test."""
    clone = cloned(a_repository(tmp_path / "here", *JUDGED), tmp_path / "clone")
    (clone / "Makefile").write_text("# changed\n" + (clone / "Makefile").read_text())

    assert [reason.split()[:3] for reason in refused(clone, "/dev/null")] == [
        ["the", "tree", "is"], ["HEAD", "has", "no"], ["CHANGELOG.md", "has", "no"], ["ssh-keygen", "reads", "no"]
    ]  # fmt: skip


@pytest.fixture(scope="module")
def released(key: Path, tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, subprocess.CompletedProcess[str], str]":
    """A clone in which it was made, what was said, and the references of before, here and where the clone comes from."""
    repository = ready(a_repository(tmp_path_factory.mktemp("repository")), key)
    clone = cloned(repository, tmp_path_factory.mktemp("released") / "clone")
    with_wheels(clone)
    (clone / "dist").mkdir()
    (clone / "dist/bascule-0.0.9.tar").write_text("an older one")
    before = references(clone)
    home = {"HOME": str(key.parents[1]), "SBOM_OPTIONS": "--no-validate"}
    return clone, done_in(clone, "bash", "-e", "-c", MAKE, **home, **NOT_PACKED), before


def references(clone: Path) -> str:
    return well(done_in(clone, "git", "show-ref")) + well(done_in(clone, "git", "ls-remote"))


def test_a_release_is_built_summed_and_signed(released):
    clone, done, _ = released
    well(done)
    dist = clone / "dist"
    sums = dict(reversed(line.split("  ")) for line in (dist / "SHA256SUMS").read_text().splitlines())

    assert sums.keys() == FILES
    well(done_in(dist, "sha256sum", "--check", "--strict", "SHA256SUMS"))
    signers = clone / "allowed_signers"
    signers.write_text(well(done_in(clone, "grep", "^bascule-release ", "SECURITY.md")))
    who = ("-I", "bascule-release", "-n", "bascule-release", "-s", f"{dist}/SHA256SUMS.sig")
    command = " ".join(("ssh-keygen", "-Y", "verify", "-f", str(signers), *who))
    assert 'Good "bascule-release" signature' in well(done_in(dist, "sh", "-c", f"{command} < SHA256SUMS"))


def test_it_neither_tags_nor_pushes(released):
    clone, _, before = released

    assert references(clone) == before
