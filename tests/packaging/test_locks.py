"""B3: only locked wheels are installed: a source would be built as root, with any build dependency."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.wheels import CHECKOUT

LOCKS = sorted([*CHECKOUT.glob("requirements*.lock"), *CHECKOUT.glob(".ci/*.lock")])
PLACES = [
    *(
        CHECKOUT / name
        for name in (".ci/setup", ".ci/deb", "Makefile", "README.md", "README.fr.md", "ansible/README.md", "SECURITY.md")
    ),
    *sorted((CHECKOUT / "docs").rglob("*.md")),
    *sorted((CHECKOUT / "ansible").rglob("*.yml")),
    *sorted((CHECKOUT / "tests/packaging").glob("*.py")),
]
REFUSES_SOURCE = re.compile(r"--no-build\b(?!-)|--only-binary\W+:all:")


def hashed_installs(file: Path) -> list[str]:
    """Each line that installs or fetches by a lock."""
    if file == Path(__file__) or not file.exists():
        return []
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if "--require-hashes" in line]


@pytest.mark.real
@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_locked_package_has_a_wheel_among_its_hashes(lock, python, tmp_path):
    """B3: asked of the index, for the oldest Python that Bascule runs on and for Debian 13's."""
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--dry-run", "--python-version", python]
    command = [*uv, "--target", str(tmp_path), "--no-build", "--require-hashes", "--requirement", str(lock)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr


def test_every_install_by_a_lock_refuses_what_would_be_built():
    """B3: the build's own dependencies are in no lock, so `--require-hashes` alone lets them through."""
    found = {str(file.relative_to(CHECKOUT)): hashed_installs(file) for file in PLACES}
    building = {name: [line for line in lines if not REFUSES_SOURCE.search(line)] for name, lines in found.items()}

    assert sum(map(len, found.values())) >= 6
    assert {name: lines for name, lines in building.items() if lines} == {}


def test_no_page_asks_an_index_for_bascule():
    """F20: docs/en/forecast.md did, `pip install 'bascule[picture]'`: of that name there is nothing, or anybody's package."""
    pages = [place for place in PLACES if place.suffix == ".md"]
    asked = {
        page.name: re.findall(r"pip install (?:-\S+ )*'?bascule\b(?!-venv)\S*", page.read_text(encoding="utf-8"))
        for page in pages
    }

    assert {page: found for page, found in asked.items() if found} == {}


def test_what_the_pages_say_to_make_is_there():
    """F20: of a wheel "`make build` has left it in `dist/`" was said, and nobody had been asked to run it."""
    names = ("README.md", "README.fr.md", *(f"docs/en/{name}.md" for name in ("try", "evening", "install", "install-by-hand")))
    pages = [(CHECKOUT / name).read_text(encoding="utf-8") for name in names]
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    installing = [page for page in pages if "dist/bascule-" in page]

    assert {name for page in pages for name in re.findall(r"(?m)(?:`|^)make (\w+)", page)} <= set(
        re.findall(r"(?m)^([\w-]+):", makefile)
    )
    assert len(installing) == 2
    assert all("`make wheel`" in page for page in installing)


def test_a_wheel_is_made_with_no_more_than_the_demo_needs():
    """F20: `make build` installs the servers of all tests first, as root."""
    command = ["make", "--dry-run", "--no-print-directory", "wheel"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=CHECKOUT).stdout

    assert said.splitlines() == [".ci/setup runtime", ".venv/bin/hatchling build --target wheel --directory dist"]
