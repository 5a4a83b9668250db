"""What the daemon makes of the section: a worker for connections, and a service for grants that needs none."""

import queue
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.capabilities.brokers.work import WORK, BrokerWorker
from provisioner.daemon.beside import OwnCommand, Surroundings
from provisioner.daemon.composition import site_config_of
from provisioner.daemon.rounds import no_notice
from provisioner.daemon.workers import Workers
from provisioner.doctor.cluster import examine_offline
from provisioner.model.lending import GrantRules
from provisioner.settings.values import Settings
from provisioner.wrong.listing import wrong_in
from tests.builders.monitors import SetClock
from tests.builders.patience import FUSE_S
from tests.builders.reconciler import Site
from tests.builders.settings import STANDARD
from tests.capabilities.brokers.builders import NOW, some_terms
from tests.capabilities.brokers.test_settings import CONNECTIONS, GOOD, a_site_with

URL = "guacamole:\n  url: https://bureau.dep.example/guacamole/\n"


def unused() -> None:
    raise AssertionError("nothing is kept")


def unforeseen() -> bool:
    raise KeyError("vd-5001")


def made_of(
    settings: Settings, *, frozen: Callable[[], bool] = lambda: False, notice: Callable[[str, str], None] = no_notice
) -> tuple[Workers, BrokerWorker | None]:
    """As the daemon makes them, and the one of connections; none is opened."""
    around = Surroundings(
        settings=lambda: settings, store=unused, reader=MemoryStore(), command=OwnCommand(words=()), clock=SetClock(NOW),
        rate=1.0, frozen=frozen, notice=notice,
    )  # fmt: skip
    workers = Workers(
        around.settings, store=unused, reader=around.reader, command=around.command, clock=around.clock, rate=1.0,
        frozen=around.frozen, notice=around.notice,
    )  # fmt: skip
    return workers, WORK.make(around)


@pytest.mark.parametrize(
    ("text", "grants", "connections"),
    [
        pytest.param("", False, False, id="no section"),
        pytest.param(URL, False, False, id="an address alone"),
        pytest.param(GOOD, True, False, id="grants alone: no worker, and a service"),
        pytest.param(URL + CONNECTIONS, False, True, id="connections alone"),
        pytest.param(GOOD + CONNECTIONS, True, True, id="both"),
    ],
)
def test_what_is_configured_is_made(tmp_path: Path, text: str, grants: bool, connections: bool):
    settings = a_site_with(tmp_path, text).load()
    workers, worker = made_of(settings)

    assert (workers.grant is not None) is grants
    assert (site_config_of(settings).grants is not None) is grants
    assert (worker is not None) is connections


def test_a_grant_is_made_for_these_terms(tmp_path: Path):
    settings = a_site_with(tmp_path, GOOD).load()
    grant = made_of(settings)[0].grant

    assert grant is not None
    assert (grant(some_terms()).terms, grant(some_terms()).reader) == (some_terms(), "guacamole")
    assert settings.grants == GrantRules(lifetime_s=45.0)


def test_a_check_without_another_system_names_desktops_that_no_connection_opens(tmp_path: Path):
    site = a_site_with(tmp_path, URL + CONNECTIONS)
    settings = site.write("standard.yaml", f"{STANDARD}connection: {{protocol: other}}\n").load()

    assert "broker_protocol" in [finding.code for finding in examine_offline(settings, now=NOW)]


def test_work_whose_rounds_fail_is_in_the_list_of_what_is_wrong(tmp_path: Path):
    """The log alone said so, and `status` showed how the broker was before, for ever."""
    said, site = queue.Queue[tuple[str, str]](), Site(agents=1)
    settings = a_site_with(tmp_path, GOOD + CONNECTIONS).load()
    workers, _ = made_of(settings, frozen=unforeseen, notice=lambda subject, text: said.put((subject, text)))
    workers.shown_by(site.reconciler)
    workers.open()
    site.settle(cycles=30)
    before = wrong_in(site.status)
    workers.offer(site.status)
    heard = said.get(timeout=FUSE_S)
    site.look()
    workers.close()

    assert heard == ("broker", "a round fails: KeyError")
    failing = [(entry.about, str(entry.says)) for entry in wrong_in(site.status) if entry.code == "work_fails"]
    assert failing == [("broker", "broker: its rounds fail (KeyError), and what is shown of it is from before")]
    assert "work_fails" not in [entry.code for entry in before]
