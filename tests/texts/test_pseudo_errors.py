"""Errors of store, directory and cluster in the language of the command: all but names, values and words of other systems."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from socket import gethostname

import pytest

from provisioner.adapters.ldap.connection import connect
from provisioner.adapters.proxmox.transport import HttpTransport
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import BasculeError
from provisioner.model.ids import ClusterId
from provisioner.settings.directory import DirectoryAttributes, DirectorySettings
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings
from provisioner.texts.translate import translated_error
from tests.builders.directory import a_directory
from tests.builders.pseudo import speaking_pseudo, untranslated
from tests.builders.store import StillClock

CLUSTER = ClusterId("melun")


def _store(url: str) -> SqlStore:
    return SqlStore(url, clock=StillClock())


def _claimed_twice(folder: Path) -> None:
    url = f"sqlite:///{folder}/b.db"
    with closing(_store(url)) as first:
        first.claim()
        _store(url).claim()


def _damaged(folder: Path) -> None:
    (folder / "b.db").write_bytes(b"x" * 8192)
    _store(f"sqlite:///{folder}/b.db").load()


def _foreign(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "b.db")) as connection:
        connection.execute("CREATE TABLE t(x)")
    _store(f"sqlite:///{folder}/b.db").load()


def _bound(url: str) -> None:
    settings = DirectorySettings(urls=(url,), base="o=x", attributes=DirectoryAttributes())
    with connect(url, settings):
        pass


def _ldif(folder: Path, text: str) -> None:
    (folder / "p.ldif").write_text(text, encoding="utf-8")
    a_directory(ldif=folder / "p.ldif").read()


def _cluster(*endpoints: str, account: str = "a@b!cc", key: str = "s", ca_file: Path | None = None) -> None:
    settings = ClusterSettings(
        cluster=CLUSTER, endpoints=endpoints, token_id=account, token_secret=Secret(key), ca_file=ca_file
    )
    HttpTransport(settings, clock=StillClock(), on_call=lambda _: None)


@pytest.mark.parametrize(
    ("fail", "names"),
    [
        pytest.param(lambda _: _store("nothing"), ["sqlite", "path", "postgresql+psycopg", "user@address", "name"], id="URL"),
        pytest.param(lambda _: _store("mysql://x/y"), ["mysql", "sqlite", "postgresql+psycopg"], id="another database"),
        pytest.param(lambda folder: _store(f"sqlite:///{folder}/no/b.db").claim(), ["no", "b.db"], id="no folder"),
        pytest.param(_claimed_twice, ["b.db", gethostname()], id="owned"),
        pytest.param(_damaged, ["b.db", "file is not a database"], id="damaged"),
        pytest.param(_foreign, ["b.db"], id="another program's"),
        pytest.param(lambda _: _bound("http://x"), ["http", "ldaps", "ldap", "name"], id="no LDAP address"),
        pytest.param(lambda folder: _ldif(folder, "dn: o=x\nou\n"), ["ldif"], id="LDIF line"),
        pytest.param(lambda _: _cluster(), ["melun"], id="no endpoint"),
        pytest.param(lambda _: _cluster("x", account="root"), ["melun", "root", "user@realm!name"], id="token"),
        pytest.param(lambda _: _cluster("x", key=""), ["melun", "a@b!cc"], id="secret"),
        pytest.param(
            lambda folder: _cluster("x", ca_file=folder / "no.pem"),
            ["melun", "no.pem", "Errno", "No such file or directory"],
            id="CA file",
        ),
    ],
)
def test_an_error_in_the_language(tmp_path: Path, fail: Callable[[Path], object], names: list[str]) -> None:
    with pytest.raises(BasculeError) as caught, speaking_pseudo():
        fail(tmp_path)

    with speaking_pseudo():
        text = translated_error(caught.value)
    assert caught.value.reason.code
    assert untranslated(text.replace(str(tmp_path), ""), names=names) == []
