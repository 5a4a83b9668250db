"""The mistakes: what an operator does, and what the one message says: what is wrong, and what to do about it."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Changes
from tests.builders.cli import keep
from tests.builders.directory import FixedClock
from tests.builders.settings import Site

Change = Callable[[Site], object]
CHECK = ("check", "--offline")
WRONG_CALL, OUTSIDE = 2, 3
_SURGE = "name: surge\nwaves:\n  - {name: all, who: everyone}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake."""

    words: tuple[str, ...]
    """The command. `{folder}` is the site's folder."""
    says: tuple[str, ...]
    """Parts of the one message: the place or name that is wrong, and the fix."""
    change: Change = lambda _: None
    """What is wrong with the site."""
    code: int = WRONG_CALL
    daemon: bool = False
    """Whether a daemon answers."""
    french: str = ""
    """A part of the message in French; empty: what is wrong is said in the words of the configuration alone."""


def _scenario(text: str) -> Change:
    return lambda site: site.write("surge.yaml", text).append("scenario: surge.yaml\n")


def _tls(line: str) -> Change:
    return lambda site: site.change("api: {socket: api.sock}", f"api: {{socket: api.sock, {line}}}")


def _of_schema(revision: str) -> Change:
    def change(site: Site) -> None:
        with closing(sqlite3.connect(site.folder / "bascule.db")) as database, database:
            database.execute("update bascule_version set version_num = ?", (revision,))

    return change


def _no_store(site: Site) -> None:
    for path in site.folder.glob("bascule.db*"):
        path.unlink()


def _of_another(site: Site) -> None:
    _no_store(site)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock(), installation="loire")) as store:
        store.claim()


def _dead_socket(site: Site) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(site.folder / "api.sock"))


def _loop(name: str) -> Change:
    """A file that nobody can read, not even root."""

    def change(site: Site) -> None:
        (site.folder / name).unlink()
        (site.folder / name).symlink_to(name)

    return change


def _accepted(site: Site) -> None:
    keep(site, Changes(baseline_accepted=True))


FILES = {
    "a bracket that is missing": Mistake(
        words=CHECK,
        change=lambda site: site.append("clusters: [\n"),
        says=("bascule.yaml:23:1", "a bracket is missing"),
        french="crochet",
    ),
    "a tab": Mistake(
        words=CHECK,
        change=lambda site: site.append("\tport: 1\n"),
        says=("bascule.yaml:22:1", "indent with spaces"),
        french="espaces",
    ),
    "a key that is misspelt": Mistake(
        words=CHECK,
        change=lambda site: site.append("freeze_fiel: x\n"),
        says=("bascule.yaml:22:1 freeze_fiel", "did you mean 'freeze_file'?"),
        french="freeze_file »",
    ),
    "a key of a profile that is misspelt": Mistake(
        words=CHECK,
        change=lambda site: site.append("on_boot: 1\n", name="standard.yaml"),
        says=("standard.yaml:10:1 on_boot", "unknown key"),
        french="clé inconnue",
    ),
    "a word where a number belongs": Mistake(
        words=CHECK,
        change=lambda site: site.change("vcpus: 2", "vcpus: two", name="standard.yaml"),
        says=("standard.yaml:6:8 vcpus", "must be a whole number"),
        french="entier",
    ),
    "a wave without anybody": Mistake(
        words=CHECK,
        change=_scenario("name: surge\nwaves:\n  - {name: all}\n"),
        says=("surge.yaml:3:5 waves[0].who", "is missing"),
        french="manque",
    ),
    "a scenario file that is not there": Mistake(
        words=CHECK,
        change=lambda site: site.append("scenario: nope.yaml\n"),
        says=("bascule.yaml:22:11 scenario", "cannot read", "nope.yaml"),
        french="nope.yaml",
    ),
    "a time without a zone": Mistake(
        words=CHECK,
        change=_scenario("starts_at: 2026-11-27T07:00\n" + _SURGE),
        says=("surge.yaml:1:12 starts_at", "a time with its zone, such as 2026-11-03 06:00 Europe/Paris"),
        french="2026-11-03 06:00 Europe/Paris",
    ),
    "a time zone that there is not": Mistake(
        words=CHECK,
        change=_scenario("starts_at: 2026-11-27 07:00 Europe/Pariss\n" + _SURGE),
        says=("surge.yaml:1:12 starts_at", "Europe/Pariss is not known", "such as +01:00"),
        french="Europe/Pariss",
    ),
    "a range that ends before it begins": Mistake(
        words=CHECK,
        change=lambda site: site.change("first: 20000, last: 21999", "first: 21999, last: 20000"),
        says=("bascule.yaml:9:12 clusters.melun.vmids", "last comes before first"),
        french="vmids",
    ),
    "a profile that there is not": Mistake(
        words=CHECK,
        change=lambda site: site.change("profile: standard\n", "profile: standart\n"),
        says=("entitlements[0].profile", "did you mean 'standard'?"),
        french="« standard »",
    ),
    "a cluster that there is not": Mistake(
        words=CHECK,
        change=lambda site: site.change("cluster: melun", "cluster: melum", name="standard.yaml"),
        says=("standard.yaml:3:14", "did you mean 'melun'?"),
        french="« melun »",
    ),
    "a secret whose variable is not set": Mistake(
        words=CHECK,
        change=lambda site: site.change("{file: token}", "{environment: NO_SUCH}"),
        says=("clusters.melun.token_secret", "environment variable NO_SUCH is not set"),
        french="NO_SUCH",
    ),
    "a secret that everyone may read": Mistake(
        words=CHECK,
        change=lambda site: (site.folder / "token").chmod(0o644),
        says=("everyone may read", "chmod o-rwx"),
        french="chmod o-rwx",
    ),
    "a secret that cannot be read": Mistake(
        words=CHECK, change=_loop("token"), says=("clusters.melun.token_secret", "cannot read", "token"), french="token"
    ),
    "a note key that is not there": Mistake(
        words=("run",),
        change=lambda site: (site.folder / "note-key").unlink(),
        says=("note_key", "cannot read", "No such file"),
        french="note-key",
    ),
    "a key of TLS that is not there": Mistake(
        words=CHECK,
        change=_tls("address: 127.0.0.1, port: 8443, certificate: token, key: gone.pem, tokens: token"),
        says=("gone.pem", "cannot read"),
        french="gone.pem",
    ),
    "a port without a certificate": Mistake(
        words=CHECK, change=_tls("port: 8443"), says=("api", "certificate"), french="certificat"
    ),
    "a configuration that is not there": Mistake(
        words=("report", "plan", "--offline", "--config", "/nope/bascule.yaml"),
        says=("/nope/bascule.yaml", "No such file"),
        french="/nope/bascule.yaml",
    ),
    "a configuration that is a folder": Mistake(
        words=("report", "plan", "--offline", "--config", "{folder}"), says=("cannot be read", "Is a directory"), french="/"
    ),
}
CALLS = {
    "a command that is misspelt": Mistake(words=("stauts",), says=("'stauts'", "Did you mean 'status'?"), french="'status'"),
    "an option that is misspelt": Mistake(words=("status", "--jason"), says=("--jason", "--json"), french="--json"),
    "an option without its value": Mistake(words=("status", "--config"), says=("'--config'", "argument"), french="valeur"),
    "a number without a unit": Mistake(
        daemon=True, words=("hold", "start", "--for", "12"), says=("--for", "such as 2h"), french="2h"
    ),
    "a time that is over": Mistake(
        daemon=True,
        words=("hold", "start", "--until", "2020-01-01T00:00+01:00"),
        says=("--until", "2020-01-01 00:00", "is over"),
        french="2020-01-01 00:00",
    ),
    "a time that is none": Mistake(
        daemon=True,
        words=("hold", "start", "--until", "2099-13-01T00:00"),
        says=("--until", "such as 18:00"),
        french="18:00",
    ),
    "two ends": Mistake(
        words=("hold", "start", "--for", "2h", "--until", "2099-01-01T00:00+01:00"),
        says=("--for or --until",),
        french="--until",
    ),
    "a language that there is not": Mistake(words=("status", "--lang", "de"), says=("'de'", "en, fr"), french=""),
    "a role that there is not": Mistake(
        words=("config", "token", "zoe", "--role", "admin"),
        says=("--role", "admin is not a role; the roles are board, viewer, helpdesk, operator"),
        french="viewer",
    ),
    "a directory accepted for ever": Mistake(words=("directory", "accept"), says=("'--until'",), french="'--until'"),
    "a cluster of an order that there is not": Mistake(
        daemon=True, words=("node", "drain", "paris/pve1"), says=("no cluster paris", "only melun"), french="melun"
    ),
    "a VM that is not in the range": Mistake(
        daemon=True, words=("store", "retire", "melun/5"), says=("VM 5", "20000 to 21999"), french="20000"
    ),
    "a VM without its cluster": Mistake(
        daemon=True, words=("store", "retire", "20001"), says=("CLUSTER/VMID", "melun"), french="melun"
    ),
    "a desktop that there is not": Mistake(
        daemon=True, words=("desktop", "retry", "vd-9999"), says=("no desktop vd-9999",), french="vd-9999"
    ),
    "no desktop at all": Mistake(
        words=("desktop", "retry"), says=("say which desktops", "--all-failed"), french="--all-failed"
    ),
}
STATES = {
    "a node that there is not": Mistake(
        words=("node", "drain", "melun/pve9", "--yes"),
        daemon=True,
        says=("cluster melun has no node pve9", "only pve1, pve2"),
        french="pve1, pve2",
    ),
    "a baseline that nothing waits for": Mistake(
        words=("store", "accept", "--yes"),
        daemon=True,
        change=_accepted,
        says=("there is nothing to accept",),
        french="rien à accepter",
    ),
    "an order that nobody takes": Mistake(
        words=("hold", "start"),
        says=("nothing was ordered", "no daemon is known", "`--socket` names another"),
        code=OUTSIDE,
        french="`--socket`",
    ),
    "a journal where there is no store": Mistake(
        words=("report", "journal", "--offline"),
        change=_no_store,
        says=("there is none", "in another place"),
        code=OUTSIDE,
        french="bascule.db",
    ),
    "a store of a newer version": Mistake(
        words=("report", "journal", "--offline"),
        change=_of_schema("9999"),
        says=("bascule.db", "newer"),
        code=OUTSIDE,
        french="bascule.db",
    ),
    "a store from before the first release": Mistake(
        words=("status", "--offline"),
        change=_of_schema("0006"),
        says=("bascule.db", "made by a Bascule before the first release (schema 0006)", "move it away"),
        code=OUTSIDE,
        french="créée par un Bascule d'avant la première version publiée (schéma 0006)",
    ),
    "a store that is not a store": Mistake(
        words=("report", "journal", "--offline"),
        change=lambda site: (site.folder / "bascule.db").write_text("no database at all " * 99),
        says=("file is not a database", "restore a copy"),
        code=OUTSIDE,
        french="bascule.db",
    ),
    "a store of another installation": Mistake(
        words=("run",),
        change=_of_another,
        says=("seine", "loire"),
        code=OUTSIDE,
        french="loire",
    ),
    "a plan without a daemon": Mistake(
        words=(
            "report",
            "plan",
        ),
        says=("no daemon", "--offline"),
        code=OUTSIDE,
        french="--offline",
    ),
    "a name that only the daemon may know": Mistake(
        words=("why", "dupond"), says=("nothing matches 'dupond'", "no daemon"), code=OUTSIDE, french="dupond"
    ),
    "a desktop stopped without a daemon": Mistake(
        words=("desktop", "stop", "vd-1", "--yes"), says=("nothing was ordered", "no daemon"), code=OUTSIDE, french="démon"
    ),
    "a socket that nobody listens on": Mistake(
        words=("report", "plan", "--socket", "{folder}/api.sock"),
        change=_dead_socket,
        says=("no daemon answers at", "start it"),
        code=OUTSIDE,
        french="api.sock",
    ),
    "a socket that is not there": Mistake(
        words=("report", "plan", "--socket", "/nope/api.sock"),
        says=("/nope/api.sock", "start it"),
        code=OUTSIDE,
        french="/nope/api.sock",
    ),
    "a backup onto another file": Mistake(
        words=("store", "backup", "{folder}/token"),
        says=("is there already", "name another file"),
        code=OUTSIDE,
        french="token",
    ),
    "a backup that is not there": Mistake(
        words=("store", "restore", "{folder}/none.age"), says=("none.age", "No such file"), code=OUTSIDE, french="none.age"
    ),
    "a backup that is none": Mistake(
        words=("store", "restore", "{folder}/token"),
        says=("not a backup", "`bascule store backup` has written"),
        code=OUTSIDE,
        french="`bascule store backup`",
    ),
}
HARMLESS = {
    "an end of no hold": Mistake(daemon=True, words=("hold", "end"), says=("it was not held",), code=0),
    "an end of no freeze": Mistake(words=("thaw",), says=("it was not frozen",), code=0),
    "a node that was not closed": Mistake(
        daemon=True, words=("node", "uncordon", "pve1"), says=("neither cordoned, drained nor evacuated",), code=0
    ),
}
"""They change nothing, and say so."""
