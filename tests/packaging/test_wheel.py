"""The wheel: all of Bascule is in it, and it works with the locked dependencies and without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from provisioner.demo.site import DemoSite
from provisioner.twin.server.state import TwinState
from tests.builders.cli import files_of
from tests.e2e.switch import Switch
from tests.packaging.wheels import CHECKOUT, LOCK, build_wheel

pytestmark = pytest.mark.real

MANUAL = "bascule-0.1.0.data/data/share/man/man1/bascule.1"
"""Where `man` finds it; a copy of config/man/."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh venv with nothing but the locked dependencies and the wheel."""
    venv = tmp_path_factory.mktemp("installed")
    environment = os.environ | {"VIRTUAL_ENV": str(venv)}
    uv = str(Path(sys.executable).with_name("uv"))
    for words in (
        ["venv", "--quiet", "--python", sys.executable, str(venv)],
        ["pip", "install", "--quiet", "--no-build", "--require-hashes", "--requirement", str(LOCK)],
        ["pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        ["pip", "check", "--quiet"],
    ):
        done = subprocess.run([uv, *words], capture_output=True, text=True, timeout=300, check=False, env=environment)
        assert done.returncode == 0, done.stderr
    return venv


def run(installed, *words, cwd):
    """A program of the venv, as a stranger to the checkout."""
    command = [str(installed / "bin" / words[0]), *words[1:]]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "COLUMNS": "120"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment, cwd=cwd)


def files_under(folder):
    """Everything that belongs to the project there; not what Python leaves."""
    found = (path for path in (CHECKOUT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(CHECKOUT) for path in found}


def test_it_holds_both_packages_and_the_whole_configuration_and_nothing_else(wheel):
    names = {Path(name) for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and name != MANUAL}
    shipped = {Path("provisioner/shipped_config") / path.relative_to("config") for path in files_under("config")}
    pages = {
        Path("provisioner/shipped_docs") / path.relative_to("docs")
        for each in ("en", "fr")
        for path in files_under(f"docs/{each}")
    }

    assert names == files_under("provisioner") | files_under("monitors") | shipped | pages
    assert any("migrations" in path.parts for path in names)


def test_it_comes_with_its_licence(wheel):
    """B4: every copy does."""
    with zipfile.ZipFile(wheel) as files:
        (licence,) = (name for name in files.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
        assert files.read(licence) == (CHECKOUT / "LICENSE").read_bytes()


def test_the_same_checkout_makes_the_same_wheel(wheel, tmp_path):
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_command_is_there_and_finds_its_own_configuration(installed, tmp_path):
    helped = run(installed, "bascule", "--help", cwd=tmp_path)
    assert (helped.returncode, "forecast" in helped.stdout) == (0, True), helped.stderr

    where = run(installed, "python", "-c", "from provisioner.settings.shipped import shipped; print(shipped())", cwd=tmp_path)
    folder = Path(where.stdout.strip())
    assert folder.is_relative_to(installed)
    assert (folder / "bascule.yaml").is_file()


def test_it_has_its_documents_with_it(installed, tmp_path):
    page = run(installed, "bascule", "--lang", "fr", "docs", "night", cwd=tmp_path)

    assert page.stdout == (CHECKOUT / "docs/fr/night.md").read_text(encoding="utf-8"), page.stderr


def test_its_migrations_make_a_store(installed, tmp_path):
    site = DemoSite(tmp_path, agents=3, sessions=0, port=0, ldap=None)
    site.write_twin()
    (tmp_path / "ca.pem").touch()
    nowhere = TwinState(port=9, ca_file="ca.pem", cluster="local-16", epoch0=0, monotonic0=0, scale=1, tokens={"a@pve!b": "c"})
    site.write_config(nowhere)

    program = (
        "from provisioner.adapters.sql.store import SqlStore; from provisioner.daemon.system_clock import SystemClock; "
        "SqlStore('sqlite:///bascule.db', clock=SystemClock()).claim()"
    )
    made = run(installed, "python", "-c", program, cwd=tmp_path)
    assert (made.returncode, (tmp_path / "bascule.db").is_file()) == (0, True), made.stderr
    journal = run(installed, "bascule", "report", "journal", "--offline", "--config", "bascule.yaml", cwd=tmp_path)
    assert journal.stdout == "nothing has been ordered yet\n", journal.stderr


def test_packages_of_the_twins_server_are_not_installed_with_the_daemon(installed):
    """B12: the twin is for demonstrations and tests; what it is served with is nothing to a daemon that holds a token."""
    packages = {path.name.split("-")[0] for path in installed.glob("lib/python*/site-packages/*.dist-info")}

    assert "paramiko" in packages
    assert packages & {"aiohttp", "yarl", "multidict"} == set()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["bascule", "demo", "--agents", "1", "--scale", "100", "--port", "0", "--keep", "site"], id="demo"),
        pytest.param(["bascule", "twin", "serve"], id="the twin for people"),
        pytest.param(
            ["python", "-m", "provisioner.twin.server.serve", "--twin", "none.yaml", "--state-file", "twin.json"],
            id="the server",
        ),
    ],
)
def test_without_the_twins_server_one_message_says_how_to_get_it(installed, tmp_path, words):
    """B12."""
    ended = run(installed, *words, cwd=tmp_path)

    message, _, command = ended.stderr.partition(": ")
    assert (ended.returncode, ended.stdout, message) == (2, "", "the twin's server is not installed")
    python, *rest = command.split()
    assert (Path(python).parent, rest) == (installed / "bin", ["-m", "pip", "install", "'bascule[twin]'"])
    assert files_of(tmp_path) == set()


def test_a_daemon_without_the_twins_server_fills_a_cluster_and_its_commands_work(installed, tmp_path):
    """B12: on a twin served elsewhere. The import contracts check that nothing else imports the missing packages."""
    looks = ("check", "forecast", "status")
    with Switch(tmp_path, agents=2, scale=20, program=installed / "bin" / "bascule") as switch:
        switch.change_config(lambda document: document.pop("scenario"))
        switch.start()
        assert switch.wait_for(lambda truth: truth["ready"] == 2)["ready"] == 2, switch.log()[-3000:]
        ended = [(look, switch.bascule(look)) for look in looks]
        assert switch.stop() == 0

    assert {look: (done.returncode, done.stderr) for look, done in ended} == dict.fromkeys(looks, (0, ""))
