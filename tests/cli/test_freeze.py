"""`freeze` and `thaw`: over the freeze file, whatever else is broken; over the store where the file cannot be."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.freeze_file import VARIABLE, FreezeFiles, read_mark
from provisioner.daemon.site_file import VARIABLE as SITE
from provisioner.model.freeze import FreezeMark
from provisioner.model.intents import Intent, IntentKind
from tests.builders.api import an_api_site, serving, taken
from tests.builders.cli import a_lonely_site, bascule, ordered_by
from tests.builders.directory import FixedClock
from tests.builders.views import a_publication
from tests.cli.test_faulty_configuration import FAULTS

THAWED = "thawed: writes go on with the next cycle\n"
LARGE = ("sqlalchemy", "pydantic", "ldap3", "ruamel", "provisioner.twin", "provisioner.planning", "provisioner.adapters")
FAULTY = [
    *FAULTS,
    pytest.param(lambda site: site.change("store:", "stroe:"), id="a store under another name"),
    pytest.param(lambda site: site.change("sqlite:///bascule.db", "mysql://db"), id="a store of another kind"),
    pytest.param(
        lambda site: site.change("sqlite:///bascule.db", "sqlite:///nowhere/bascule.db"), id="no folder for the store"
    ),
    pytest.param(lambda site: site.append("budget: [clones\n"), id="what is no YAML"),
    pytest.param(lambda site: site.change("installation: seine", "instalation: seine"), id="no installation"),
]


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


@pytest.fixture
def always(tmp_path):
    """The file that every daemon watches, in place of the machine's own."""
    (tmp_path / "machine").mkdir()
    return tmp_path / "machine" / "freeze"


def _order(site, *words, **environment):
    return bascule(*words, "--config", str(site.main), **environment)


def _store(site):
    return closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock()))


def _freeze_in_the_store(site):
    with _store(site) as store:
        store.give(Intent(kind=IntentKind.FREEZE, by="zoe", at=1.0))


def _frozen(path: Path) -> str:
    return f"frozen by the file {path}: nothing is written any more, at once; `bascule thaw` ends it\n"


def test_freeze_says_which_way_it_took_and_writes_down_who_and_why(site):
    ended = _order(site, "freeze", "the lights flicker", "--by", "claire")
    mark = read_mark(site.folder / "freeze")

    assert (ended.code, ended.out, ended.err) == (0, _frozen(site.folder / "freeze"), "")
    assert (mark.by, mark.reason) == (ordered_by("claire"), "the lights flicker")
    assert not (site.folder / "bascule.db").exists()


def test_a_later_freeze_stands_in_the_place_of_the_earlier_one(site):
    for words in (["--by", "a", "--reason", "a long story"], ["--by", "b", "--reason", "y"]):
        assert _order(site, "freeze", *words).code == 0

    mark = read_mark(site.folder / "freeze")
    assert (mark.by, mark.reason) == (ordered_by("b"), "y")


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_configuration_stops_no_freeze(site, fault):
    """D1."""
    fault(site)

    ended = _order(site, "freeze")

    assert (ended.code, ended.out, ended.err) == (0, _frozen(site.folder / "freeze"), "")
    assert FreezeFiles(configured=site.folder / "freeze", always=site.folder / "other").standing()


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_configuration_stops_no_thaw(site, fault):
    """D1."""
    fault(site)
    _freeze_in_the_store(site)
    _order(site, "freeze")

    ended = _order(site, "thaw")

    assert (ended.code, ended.out) == (0, THAWED)
    assert not (site.folder / "freeze").exists()
    with _store(site) as store:
        assert store.intents() == ()


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(lambda site: site.main.unlink(), id="no configuration"),
        pytest.param(lambda site: site.change("freeze_file:", "freezefile:"), id="the freeze file under another name"),
        pytest.param(lambda site: site.change("freeze_file: freeze", "freeze_file: [freeze"), id="a name that is none"),
    ],
)
def test_where_no_file_is_named_it_is_the_file_that_every_daemon_watches(site, always, lost):
    """D1."""
    lost(site)

    ended = _order(site, "freeze", "--by", "claire", **{VARIABLE: str(always)})

    assert (ended.code, ended.out, ended.err) == (0, _frozen(always), "")
    files = FreezeFiles.of(site.folder / "freeze", environment={VARIABLE: str(always)})
    assert files.standing()
    assert files.mark() == read_mark(always)


@pytest.mark.long
def test_the_daemons_own_word_counts_where_the_configuration_has_changed_since(site):
    running = site.folder / "earlier"
    site.write("site.json", json.dumps({"config": str(site.main), "freeze_file": str(running), "version": "x"}))

    ended = _order(site, "freeze", **{SITE: str(site.folder / "site.json")})

    assert ended.out == _frozen(running) + _frozen(site.folder / "freeze")
    assert running.exists()
    assert _order(site, "thaw", **{SITE: str(site.folder / "site.json")}).code == 0
    assert not running.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"config": 3, "freeze_file": "x"}', "[" * 9000], ids=lambda it: it[:20])
def test_a_word_of_the_daemon_that_is_none_is_not_heeded(site, text):
    site.write("site.json", text)

    assert _order(site, "freeze", **{SITE: str(site.folder / "site.json")}).out == _frozen(site.folder / "freeze")


@pytest.mark.long
def test_where_the_file_cannot_be_made_the_store_has_the_order(site):
    site.change("freeze_file: freeze", "freeze_file: nowhere/freeze")

    ended = _order(site, "freeze")

    assert ended.code == 0
    assert "nowhere/freeze: cannot be made here (No such file or directory)" in ended.err
    assert ended.out == "frozen by the store: writes stop with the next cycle, at most 10 s from now; `bascule thaw` ends it\n"
    with _store(site) as store:
        assert [intent.kind for intent in store.intents()] == [IntentKind.FREEZE]


def test_where_neither_can_be_the_file_to_make_is_named(site):
    """D1."""
    file = site.folder / "nowhere" / "freeze"
    site.change("freeze_file: freeze", f"freeze_file: {file}").change("sqlite:///bascule.db", "mysql://db")

    ended = _order(site, "freeze")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines()[-1] == f"not frozen: make the file {file} on the daemon's machine, for instance with `touch`"
    assert _order(site, "freeze", "--file", str(site.folder / "here")).out == _frozen(site.folder / "here")


def test_a_store_on_a_server_gets_the_order_too_for_a_daemon_elsewhere(site):
    site.change("sqlite:///bascule.db", "postgresql+psycopg://bascule@127.0.0.1:1/bascule")

    ended = _order(site, "freeze")

    assert (ended.code, ended.out) == (3, _frozen(site.folder / "freeze"))
    assert ended.err.splitlines()[-1] == "a daemon on another machine is not frozen: the store does not have the order"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(lambda path: path.mkdir(), id="a folder"),
        pytest.param(os.mkfifo, id="a pipe"),
        pytest.param(lambda path: path.symlink_to("/nowhere/at/all"), id="a link to nothing"),
        pytest.param(lambda path: path.symlink_to("/etc/passwd"), id="a link to another file"),
        pytest.param(lambda path: path.symlink_to(path.name), id="a link to itself"),
    ],
)
def test_whatever_has_the_name_freezes_and_is_neither_followed_nor_waited_for(site, hostile):
    path = site.folder / "freeze"
    hostile(path)

    ended = _order(site, "freeze")

    assert ended.code == 0
    assert ended.out == _frozen(path)
    assert f"{path}: does not say who and why (" in ended.err
    assert FreezeFiles(configured=path, always=path).mark() == FreezeMark()


def test_a_closed_folder_ends_no_freeze_and_begins_none_elsewhere():
    """The configured file may be there; the machine's own may belong to another daemon."""
    closed = Path("/proc/self/fd/x" * 400)  # a name that no system call takes

    assert FreezeFiles(configured=closed, always=Path("/nowhere")).standing()
    assert not FreezeFiles(configured=Path("/nowhere"), always=closed).standing()


@pytest.mark.long
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(lambda site: _order(site, "freeze"), id="by command"),
        pytest.param(lambda site: (site.folder / "freeze").touch(), id="the file alone, made by hand"),
        pytest.param(_freeze_in_the_store, id="the order alone, given elsewhere"),
        pytest.param(lambda site: (_freeze_in_the_store(site), _order(site, "freeze")), id="both"),
    ],
)
def test_thaw_ends_a_freeze_however_it_was_given(site, before):
    before(site)

    ended = _order(site, "thaw")

    assert (ended.code, ended.out, ended.err) == (0, THAWED, "")
    assert not (site.folder / "freeze").exists()
    with _store(site) as store:
        assert store.intents() == ()
    assert _order(site, "thaw").out == "it was not frozen\n"


def test_thaw_without_a_store_says_that_a_freeze_may_still_stand_there(site):
    _order(site, "freeze")
    site.main.unlink()

    ended = _order(site, "thaw", "--file", str(site.folder / "freeze"))
    assert (ended.code, ended.out) == (0, THAWED)

    ended = _order(site, "thaw", **{VARIABLE: str(site.folder / "other")})
    assert ended.code == 2
    assert ended.err.splitlines()[-1] == "the store cannot be asked: if a freeze was given there, it still stands"


def test_thaw_says_when_the_file_that_every_daemon_watches_is_still_there(site, always, monkeypatch):
    _order(site, "freeze")
    bascule("freeze", "--file", str(always))
    environment = {VARIABLE: str(always)}

    ended = _order(site, "thaw", "--file", str(site.folder / "freeze"), **environment)

    assert ended.code == 1
    assert ended.err == f"still frozen, by a file that every daemon watches: `bascule thaw --file {always}`\n"
    assert _order(site, "thaw", **environment).code == 0
    assert not always.exists()


def test_a_file_that_cannot_be_removed_is_said_to_freeze_still(site):
    (site.folder / "freeze").mkdir()

    ended = _order(site, "thaw")

    assert ended.code == 3
    assert f"{site.folder}/freeze: cannot be removed (" in ended.err
    assert "still frozen" in ended.err


@pytest.mark.long
def test_a_freeze_loads_no_large_library(site):
    program = (
        "import sys\nfrom provisioner.cli.app import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "freeze", "--config", str(site.main)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert ended.stdout == _frozen(site.folder / "freeze")
    assert [name for name in ended.stderr.split() if name.startswith(LARGE)] == []


@pytest.mark.long
def test_whoever_may_not_write_the_file_asks_the_daemon(site):
    """The daemon says who it was: the peer of its socket."""
    site.change("freeze_file: freeze", "freeze_file: nowhere/freeze")
    orders = []

    def take(order):
        orders.append(order)
        return taken(order)

    with serving(site.folder, an_api_site(a_publication(), order=take)) as at:
        ended = _order(site, "freeze", "smoke", "--socket", str(at))

    assert (ended.code, ended.out) == (
        0,
        "frozen by the daemon: nothing is written any more, at once; `bascule thaw` ends it\n",
    )
    assert [(order.kind, order.by, order.reason) for order in orders] == [(IntentKind.FREEZE, "zoe", "smoke")]
    assert not (site.folder / "bascule.db").exists()


@pytest.mark.long
def test_whoever_may_not_remove_the_file_asks_the_daemon(site):
    (site.folder / "freeze").mkdir()  # which no unlink removes
    orders = []

    def take(order):
        orders.append(order)
        (site.folder / "freeze").rmdir()
        return taken(order)

    with serving(site.folder, an_api_site(a_publication(), order=take)) as at:
        ended = _order(site, "thaw", "--socket", str(at))

    assert (ended.code, ended.out) == (0, THAWED)
    assert [order.kind for order in orders] == [IntentKind.FREEZE]


@pytest.mark.long
def test_an_operator_by_a_group_who_may_read_neither_configuration_nor_store_asks_the_daemon(site):
    """N1: on a machine of the role's such an operator could freeze, and not thaw."""
    site.main.unlink()
    orders = []

    def take(order):
        orders.append(order.kind)
        return taken(order)

    with serving(site.folder, an_api_site(a_publication(), order=take)) as at:
        ended = _order(site, "thaw", "--socket", str(at))

    assert (ended.code, ended.out, orders) == (0, THAWED, [IntentKind.FREEZE])


def test_a_daemon_that_is_not_there_is_said_and_the_next_way_is_taken(site):
    site.change("freeze_file: freeze", "freeze_file: nowhere/freeze")

    ended = _order(site, "freeze", "--socket", str(site.folder / "api.sock"))

    assert ended.code == 0
    assert "api.sock" in ended.err
    assert ended.out.startswith("frozen by the store: ")


def test_for_programs_it_is_one_document_of_what_was_done(site):
    file = str(site.folder / "freeze")

    assert _order(site, "freeze", "--json").document == {"done": [{"frozen_by": "file", "file": file}]}
    assert _order(site, "thaw", "--json").document == {"done": [{"thawed": True}]}
    assert _order(site, "thaw", "--json").document == {"done": [{"thawed": False}]}


def test_what_could_not_be_done_is_no_part_of_the_document(site):
    site.change("freeze_file: freeze", "freeze_file: nowhere/freeze").change("sqlite:///bascule.db", "mysql://db")

    ended = _order(site, "freeze", "--json")

    assert (ended.code, ended.document) == (3, {"done": []})
