"""D1: orders and the journal work with a faulty configuration, as a freeze does (test_freeze.py)."""

from contextlib import closing

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.intents import IntentKind
from tests.builders.actions import a_reservation
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.desk import a_daemon
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
    (("hold", "start"), IntentKind.HOLD),
    (("store", "accept", "--yes"), IntentKind.ACCEPT_BASELINE),
    (("node", "drain", "melun/pve1"), IntentKind.DRAIN),
    (("node", "cordon", "melun/pve1"), IntentKind.CORDON),
]


@pytest.fixture
def site(tmp_path):
    site = a_lonely_site(tmp_path)
    with _store(site) as store:
        store.claim()
        store.commit(a_step(reserved=(a_reservation(1),)))
    return site


def _store(site):
    return closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock()))


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("words", "kind"), ORDERS, ids=[" ".join(words) for words, _ in ORDERS])
def test_an_order_needs_no_configuration(site, words, kind, fault):
    """D1: the daemon takes it, whatever somebody has written into the files since it read them."""
    with a_daemon(site) as at:
        fault(site)
        ended = bascule(*words, "--config", str(site.main), BASCULE_SOCKET=str(at))

    assert (ended.code, ended.err) == (0, "")
    with _store(site) as store:
        assert kind in [intent.kind for intent in store.intents()]


@pytest.mark.long
def test_the_journal_is_read_and_status_says_what_is_kept(site):
    """D1: and says why it shows no more than that."""
    with a_daemon(site) as at:
        bascule("hold", "start", "--reason", "storm", BASCULE_SOCKET=str(at))
    site.append("scenario: surge.yaml\n").write("surge.yaml", "waves: [oops")

    journal, status = (bascule(*words, "--config", str(site.main)) for words in (("report", "journal"), ("status",)))

    assert (journal.code, "storm" in journal.out) == (3, True)
    assert status.code == 3
    assert status.out.startswith("1 desktop is kept in the store; the last line of its journal is of ")
    assert "hold ordered by " in status.out
    assert status.err.startswith("without the daemon (")


@pytest.mark.long
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda site: site.change("store:", "stroe:"), id="a store under another name"),
        pytest.param(lambda site: site.change("sqlite:///bascule.db", "mysql://db"), id="a store of another kind"),
        pytest.param(lambda site: site.change("freeze_file:", "freezefile:"), id="a freeze file under another name"),
        pytest.param(lambda site: site.append("budget: [clones\n"), id="what is no YAML"),
    ],
)
def test_a_journal_that_may_be_another_stores_is_not_read(site, fault):
    """D1: the faulty part may be the address of the store."""
    fault(site)

    ended = bascule("report", "journal", "--config", str(site.main))

    assert (ended.code, ended.out) == (2, "")
    assert "bascule.yaml:" in ended.err
    with _store(site) as store:
        assert store.intents() == ()
