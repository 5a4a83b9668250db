"""D1: commands that need only the store work with a faulty configuration. `freeze`: test_freeze.py."""

from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.intents import IntentKind
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock
from tests.builders.records import a_step

FAULTS = [
    pytest.param(lambda site: site.append("scenario: surge.yaml\n").write("surge.yaml", "waves: [oops"), id="no YAML"),
    pytest.param(lambda site: site.append("scenario: surge.yaml\n"), id="no scenario"),
    pytest.param(lambda site: site.change("{file: token}", "{environment: UNSET}"), id="a variable that is not set"),
    pytest.param(lambda site: site.change("ldif: people.ldif", "ldif: gone.ldif"), id="no people"),
    pytest.param(lambda site: site.change("directory:\n", "directory:\n  servers: 1\n"), id="a directory that is none"),
    pytest.param(lambda site: site.change("{file: note-key}", "{file: gone}"), id="no note key"),
    pytest.param(lambda site: site.change("vcpus: 2", "vcpus: many", name="standard.yaml"), id="a profile that is none"),
]
ORDERS = [
    (("hold",), IntentKind.HOLD),
    (("baseline", "accept"), IntentKind.ACCEPT_BASELINE),
    (("node", "drain", "melun/pve1"), IntentKind.DRAIN),
    (("node", "cordon", "melun/pve1"), IntentKind.CORDON),
]
SAID = "the configuration has problems that do not matter for this command; `bascule check --offline` lists them\n"


@pytest.fixture
def site(tmp_path):
    site = a_lonely_site(tmp_path)
    with _store(site) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(1),)))
    return site


def _store(site):
    return closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock()))


@pytest.mark.parametrize(
    ("words", "kind"), ORDERS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else value.value
)
def test_every_order_that_needs_the_store_alone_is_given(site, words, kind):
    """D1: with a variable that is not set, as in a shell that has not read the environment file."""
    site.change("{file: token}", "{environment: UNSET}")

    ended = bascule(*words, "--config", str(site.main))

    assert (ended.code, ended.err) == (0, SAID)
    with _store(site) as store:
        assert [intent.kind for intent in store.intents()] == [kind]


def test_the_journal_is_read_and_status_says_what_is_kept(site):
    """D1: and says why it shows no more than that."""
    site.append("scenario: surge.yaml\n").write("surge.yaml", "waves: [oops")
    bascule("hold", "--reason", "storm", "--config", str(site.main))

    journal, status = (bascule(command, "--config", str(site.main)) for command in ("journal", "status"))

    assert (journal.code, "storm" in journal.out) == (3, True)
    assert status.code == 3
    assert status.out.startswith("1 desktop is kept in the store; the last line of its journal is of ")
    assert "hold ordered by " in status.out
    assert status.err.startswith("without the daemon (")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda site: site.change("store:", "stroe:"), id="a store under another name"),
        pytest.param(lambda site: site.change("sqlite:///bascule.db", "mysql://db"), id="a store of another kind"),
        pytest.param(lambda site: site.change("freeze_file:", "freezefile:"), id="a freeze file under another name"),
        pytest.param(lambda site: site.append("budget: [clones\n"), id="what is no YAML"),
    ],
)
@pytest.mark.parametrize("command", ["hold", "journal"])
def test_an_order_that_may_go_to_another_store_is_not_given(site, command, fault):
    """D1: the faulty part may be the address of the store."""
    fault(site)

    ended = bascule(command, "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    assert "bascule.yaml:" in ended.err
    with _store(site) as store:
        assert store.intents() == ()
