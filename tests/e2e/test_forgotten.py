"""G2: a person is forgotten while the daemon runs: it begins anew in the same process, and writes nothing of the name back."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.logs.messages import LineEvents
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.service import Service, ServiceContext
from provisioner.model.intents import IntentKind
from provisioner.reconciler import Reconciler
from tests.adapters.sql.planted import GONE, PROSE, left_in
from tests.builders.daemon import Heard, a_variant
from tests.builders.patience import FUSE_S
from tests.builders.store import an_erasure, an_intent
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real


class _Plot:
    """A run of the daemon: once it has a desktop, somebody is forgotten; it ends when a later one has served all."""

    def __init__(self, store: Path, switch: Switch) -> None:
        self._path, self._switch = store, switch
        self.reconcilers: list[Reconciler] = []
        self.before: list[str] = []
        self._give_up = time.monotonic() + FUSE_S

    def is_over(self, reconciler: Reconciler) -> bool:
        if not self.reconcilers or self.reconcilers[-1] is not reconciler:
            self.reconcilers.append(reconciler)
        ready = [each for each in reconciler.status.desktops.values() if each.phase == "ready"] if reconciler.status else []
        if ready and not self.before:
            self._forget()
        return time.monotonic() > self._give_up or (len(self.reconcilers) == 2 and len(ready) == 1)

    def _forget(self) -> None:
        clock = self._switch.twin.state.clock
        with closing(SqlStore(f"sqlite:///{self._path}", clock=clock)) as store:
            store.give(an_intent(IntentKind.CORDON, target="nowhere/n9", reason=PROSE, at=clock.now()))
            self.before = left_in(*self._path.parent.glob("bascule.db*"))
            store.forget(an_erasure("parti", person=GONE, at=clock.now()))


def test_a_running_daemon_begins_anew_and_keeps_nothing(tmp_path: Path):
    with Switch(tmp_path / "site", agents=1, scale=20) as switch:
        plot, heard = _Plot(tmp_path / "bascule.db", switch), Heard()
        surroundings = ServiceContext(
            environment={},
            clock=switch.twin.state.clock,
            elapsed=switch.twin.state.clock.now,
            clock_rate=switch.twin.state.scale,
            listeners=(LineEvents(heard.hear),),
            done=plot.is_over,
            signals=False,
        )
        Service(a_variant(switch.config, tmp_path, lambda it: it.pop("scenario")), surroundings).run()
        truth = switch.truth()

    assert plot.before, "there was something to erase"
    assert [text for text in heard.about("daemon") if "forgotten" in text] == [
        "a person was forgotten: begun anew from what is kept, as after a restart"
    ]
    assert len(plot.reconcilers) == 2
    assert left_in(*tmp_path.glob("bascule.db*")) == []
    assert "quemeneur" not in str(heard.lines).lower()
    assert (truth["ready"], truth["clones"]) == (1, 1), "nothing is made twice"
