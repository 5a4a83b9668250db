"""What people were told, in every store."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.adapters.sql.store import SqlStore
from provisioner.capabilities.notices.model import KeptNotice, NoticeKind, NoticeStage
from provisioner.capabilities.notices.records import TABLE
from provisioner.model.ids import AgentId
from provisioner.ports import Changes
from tests.adapters.sql.filled import OpenStore, claimed
from tests.adapters.sql.taken_up import written_to
from tests.builders.store import NOON, StillClock
from tests.servers.postgres import postgres


@pytest.fixture
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    with ExitStack() as until_the_end:
        url = f"sqlite:///{tmp_path}/store.db"
        if request.param == "postgresql":
            server = until_the_end.enter_context(postgres())
            server.run("CREATE SCHEMA told AUTHORIZATION bascule")
            url = server.url("told")
        in_memory = MemoryStore()

        def opened() -> Any:
            if request.param == "memory":
                return in_memory
            store = SqlStore(url, clock=StillClock())
            until_the_end.callback(store.close)
            return store

        yield opened


def a_told(agent_id: str, **changed: Any) -> KeptNotice:
    values: dict[str, Any] = {"kind": NoticeKind.READY, "about": "1/vd-1", "stage": NoticeStage.SENT, "at": NOON}
    return KeptNotice(agent_id=AgentId(agent_id), channel="mail", **{**values, **changed})


@pytest.mark.parametrize(
    "open_store",
    [
        "memory",
        pytest.param("sqlite", marks=pytest.mark.long),
        pytest.param("postgresql", marks=pytest.mark.real),
    ],
    indirect=True,
)
def test_what_people_were_told_outlives_the_daemon_and_a_change_of_ids(open_store: OpenStore):
    store = claimed(open_store)
    store.keep(TABLE, [a_told("a"), a_told("b"), a_told("a", kind=NoticeKind.SLOT)])
    store.keep(TABLE, [a_told("a", stage=NoticeStage.FAILED, tries=2)])
    store.keep(TABLE, ())
    store.commit(Changes(rekeyed={AgentId("b"): AgentId("c")}))
    store.close()

    kept = {(each.agent_id, each.kind): each for each in open_store().kept(TABLE)}
    assert kept.keys() == {("a", NoticeKind.READY), ("a", NoticeKind.SLOT), ("c", NoticeKind.READY)}
    assert kept[AgentId("a"), NoticeKind.READY] == a_told("a", stage=NoticeStage.FAILED, tries=2)

    store = claimed(open_store)
    store.drop(TABLE, [AgentId("a")])
    assert [each.agent_id for each in store.kept(TABLE)] == ["c"]


@pytest.mark.long
def test_what_91818bac_kept_of_it_is_read_as_it_was_written(tmp_path):
    written_to(tmp_path / "store.db", "everything")
    store = claimed(lambda: SqlStore(f"sqlite:///{tmp_path}/store.db", clock=StillClock(), installation="seine"))

    assert sorted(store.kept(TABLE), key=lambda each: each.agent_id) == [
        a_told("id-tom", kind=NoticeKind.SLOT, stage=NoticeStage.FAILED, tries=2),
        a_told("id-zoé"),
    ]
    store.close()
