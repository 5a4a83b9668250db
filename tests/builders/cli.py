"""`bascule` as a user calls it, inside the test's process, and a site whose cluster does not answer."""

import contextlib
import io
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.app import main
from provisioner.daemon.operators import operator
from provisioner.demo.people import PEOPLE_BASE, write_demo_directory
from provisioner.ports import Changes
from tests.builders.directory import FixedClock
from tests.builders.settings import SECRET, Site, a_site
from tests.servers.certificates import Authority
from tests.servers.processes import free_port

SMALL_TWIN = """\
name: small
nodes: [{names: "pve[1-2]", cores: 16, memory_gib: 64}]
storages: [{storage: local-lvm, shared: false, image_operation: 200ms}]
templates: [{storage: local-lvm, nodes: "pve[1-2]", vmid: 9001}]
durations: {boot: 5s, first_boot: 1s}
"""


_BOX = str.maketrans(dict.fromkeys("│─╭╮╰╯", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The output and exit code of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """Everything, in one line: help and usage are folded into a box of the terminal's width."""
        return " ".join((self.out + self.err).translate(_BOX).split())


def ordered_by(words: str) -> str:
    """The author recorded for an order given here with these words as `--by`."""
    return operator(words)


def bascule(*words: str, run: Callable[[Sequence[str]], None] = main, **environment: str) -> Ended:
    """Run a command to its end, in this process: the code is the one that the process would end with."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with _process_kept(), _with(environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            copy_context().run(run, words)  # a language is the command's alone
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Ended(code=code, out=out.getvalue(), err=err.getvalue())


def a_lonely_site(folder: Path, *, agents: int = 3) -> Site:
    """A configuration that loads: a directory in a file, a store beside it, and a cluster that does not answer."""
    write_demo_directory(folder / "people.ldif", agents)
    Authority(folder / "ca")
    site = a_site(folder).write("token", SECRET)
    site.change("[https://pve1.example.org]", f"[https://127.0.0.1:{free_port()}]\n    ca_file: ca/ca.pem")
    site.change("{environment: MELUN_TOKEN}", "{file: token}")
    site.change("urls: [ldaps://directory.example.org]", "ldif: people.ldif").change("base: dc=example", f"base: {PEOPLE_BASE}")
    return site.append(
        "store: {url: sqlite:///bascule.db}\nfreeze_file: freeze\nexposition: {port: 0}\napi: {socket: api.sock}\n"
    )


def keep(site: Site, *steps: Changes) -> None:
    """A store for the site, with this in it."""
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        for changes in steps:
            store.commit(changes)


def journal_of(config: Path) -> list[dict[str, Any]]:
    """The lines of a site's journal, newest first, as its store keeps them; `reason` is the text alone."""
    lines = bascule("report", "journal", "--offline", "--json", "--lines", "500", "--config", str(config)).document["lines"]
    return [{**line, "reason": line["reason"]["text"] if line["reason"] else ""} for line in lines]


def files_of(folder: Path) -> set[str]:
    """Everything there is in a folder, to see that nothing was added."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@contextlib.contextmanager
def _with(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """`bascule run` sets the whole process's log and signals up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in signals.items():
            signal.signal(number, handler)
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)
        structlog.reset_defaults()
