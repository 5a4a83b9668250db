"""A daemon's API on the store of a site: it takes orders as a daemon does. No cycle is run, and no cluster asked."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from provisioner.api.identity import Identify
from provisioner.api.server import ApiServer
from provisioner.api.site import Noticeboard, Order
from provisioner.daemon.callers import Callers
from provisioner.daemon.composition import site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.keeping import store_of
from provisioner.daemon.offline_status import situation_of
from provisioner.daemon.order_desk import OrderDesk
from provisioner.daemon.system_clock import SystemClock
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.ports import all_of
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Reconciler
from provisioner.settings.values import ApiSettings
from provisioner.views.published import Published
from tests.builders.api import PATIENT, an_api_site
from tests.builders.cli import Ended, bascule
from tests.builders.cluster import a_node, a_snapshot, a_view
from tests.builders.settings import Site
from tests.builders.views import status_of


@contextmanager
def a_daemon(site: Site, *, nodes: Sequence[str] = ("pve1", "pve2"), identify: Identify | None = None) -> Iterator[Path]:
    """The socket. Each cluster of the site has these nodes. `identify`: who asks; None: the account of the tests."""
    settings, clock, board = site.load(), SystemClock(), Noticeboard()
    files = FreezeFiles.of(settings.freeze_file)
    config = site_config_of(settings)
    views = [
        a_view(cluster=cluster, nodes=[a_node(name, cluster=cluster) for name in nodes], taken_at=clock.now(), templates=False)
        for cluster in settings.clusters
    ]
    with closing(store_of(settings, clock=clock)) as store:
        reconciler = Reconciler(config, store=store, clock=clock, events=all_of(()), freeze_mark=files.mark)
        reconciler.open()
        reconciler.flight.snapshot = snapshot = a_snapshot(*views)
        records: Records = replace(store.load(), intents=store.intents())
        reconciler.board.status = status_of(situation_of(config, records, snapshot, clock.now()))
        desk = OrderDesk(files, nudge=lambda: None)

        def publish() -> None:
            assert reconciler.status is not None
            board.publish(Published(status=reconciler.status, records=records.desktops))

        def order(order: Order) -> "Future[Reason]":
            answer = desk.hand_in(order)
            desk.take_up(reconciler.obey)
            publish()
            return answer

        publish()
        api = ApiSettings(socket=site.folder / "api.sock")
        answers = an_api_site(clock=clock, board=board, order=order)
        server = ApiServer(answers, api, identify or Callers(api), limits=PATIENT)
        server.open()
        try:
            yield api.socket
        finally:
            server.close()


def ordered(site: Site, *words: str, **environment: str) -> Ended:
    """A command while a daemon of this site takes orders."""
    with a_daemon(site) as at:
        return bascule(*words, "--config", str(site.main), BASCULE_SOCKET=str(at), **environment)


def orders_in(site: Site) -> list[Intent]:
    """The orders of people that the site's store keeps: the beginning of a scenario is the daemon's own."""
    with closing(store_of(site.load(), clock=SystemClock())) as store:
        return [intent for intent in store.intents() if intent.kind is not IntentKind.SURGE]


def bascule_here(site: Site, *words: str, **environment: str) -> Ended:
    """A command without a daemon."""
    return bascule(*words, "--config", str(site.main), **environment)


__all__ = ["a_daemon", "bascule_here", "ordered", "orders_in"]
