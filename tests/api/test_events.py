"""Event streams: every line once, over restarts too; and only so many at a time."""

import contextlib
import http.client
import json
import threading
from dataclasses import replace

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.api.callers import Caller, Role
from provisioner.api.feed import PAGE
from provisioner.api.limits import LIMITS
from provisioner.api.server import ApiServer
from provisioner.api.site import Noticeboard
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.status import Status
from provisioner.ports import Changes
from provisioner.settings.values import ApiSettings
from provisioner.views.published import Published
from tests.adapters.sql.planted import GONE, LEFT, PROSE
from tests.builders.api import PATIENT, UnixConnection, an_api_site, as_role, ask, serving
from tests.builders.cluster import NOW
from tests.builders.store import StillClock, an_erasure, an_outcome


class Journal:
    """A store with a journal that grows, and the board that says so."""

    def __init__(self, folder):
        self.store = SqlStore(f"sqlite:///{folder}/bascule.db", clock=StillClock())
        self.board = Noticeboard()
        self.written = 0

    def write(self, lines=1, *, words="", tell=True):
        for _ in range(lines):
            self.written += 1
            self.store.give(Intent(kind=IntentKind.HOLD, by="zoe", at=NOW, reason=words or f"line {self.written}"))
        if tell:
            self.board.publish(Published(status=Status(at=NOW)))

    def site(self):
        return an_api_site(
            board=self.board,
            journal=lambda lines, subject: self.store.journal(limit=lines, subject=subject),
            journal_after=lambda sequence, lines: self.store.journal_after(sequence, limit=lines),
        )


class Stream:
    """A client of the stream. Reads event after event."""

    def __init__(self, socket, *, last=None, query=""):
        self._connection = UnixConnection(socket)
        self._connection.request("GET", f"/v1/events{query}", headers={} if last is None else {"Last-Event-ID": str(last)})
        self.response = self._connection.getresponse()

    def next(self):
        """The number, the kind and the data of the next event; None: the stream has ended."""
        event = {}
        while line := self.response.readline().decode():
            if line == "\n" and "event" in event:
                return int(event["id"]), event["event"], json.loads(event["data"])
            name, _, value = line.rstrip("\n").partition(": ")
            event[name] = value
        return None

    def take(self, count):
        return [self.next()[2]["reason"]["arguments"]["why"] for _ in range(count)]

    def close(self):
        self._connection.close()


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path)
    yield journal
    journal.store.close()


def named(first, last):
    return [f"line {number}" for number in range(first, last + 1)]


@pytest.mark.long
def test_a_stream_begins_with_the_next_line(tmp_path, journal):
    journal.write(3)
    with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket)) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.readline() == b": bascule\n"
        journal.write(2)
        assert stream.take(2) == named(4, 5)


@pytest.mark.long
@pytest.mark.parametrize("how", ["Last-Event-ID", "after"])
def test_a_stream_goes_on_after_the_line_that_was_read_last(tmp_path, journal, how):
    journal.write(5)
    with serving(tmp_path, journal.site()) as socket:
        stream = Stream(socket, last=2) if how == "Last-Event-ID" else Stream(socket, query="?after=2")
        with contextlib.closing(stream):
            assert stream.take(3) == named(3, 5)
            journal.write()
            assert stream.take(1) == named(6, 6)


@pytest.mark.long
def test_over_twenty_restarts_nothing_is_missed_and_nothing_comes_twice(tmp_path, journal):
    journal.write(1)
    taken, last = [], 0
    for life in range(20):
        with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket, last=last)) as stream:
            journal.write(life % 3 + 1)
            for _ in range(life % 4):  # the rest is written, and maybe sent, and not read
                last, _, data = stream.next()
                taken.append(data["reason"]["arguments"]["why"])
        journal.write(life % 2, tell=False)
    with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket, last=last)) as stream:
        taken += stream.take(journal.written - len(taken))

    assert taken == named(1, journal.written)


@pytest.mark.long
def test_many_writers_and_many_streams_see_one_order(tmp_path, journal):
    journal.write(1)
    with serving(tmp_path, journal.site()) as socket:
        streams = [Stream(socket, last=0) for _ in range(8)]
        stores = [SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock()) for _ in range(3)]

        def write(store):
            for number in range(20):
                store.give(Intent(kind=IntentKind.HOLD, by="zoe", at=NOW, reason=f"{id(store)} {number}"))
                journal.board.publish(Published(status=Status(at=NOW)))

        writers = [threading.Thread(target=write, args=(store,)) for store in stores]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        journal.board.publish(Published(status=Status(at=NOW)))
        orders = [[stream.next()[0] for _ in range(61)] for stream in streams]
        for closing in (*streams, *stores):
            closing.close()

    assert orders[0] == sorted(set(orders[0]))
    assert all(order == orders[0] for order in orders)


@pytest.mark.long
def test_a_stream_far_behind_reads_the_store(tmp_path, journal):
    journal.store.claim()
    journal.store.commit(Changes(outcomes=tuple(an_outcome(number) for number in range(3 * PAGE))))
    with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket, last=0)) as stream:
        assert [stream.next()[0] for _ in range(3 * PAGE)] == list(range(1, 3 * PAGE + 1))


@pytest.mark.long
def test_another_journal_is_said(tmp_path, journal):
    journal.write(2)
    with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket, last=900)) as stream:
        assert stream.next()[:2] == (2, "reset")
        journal.write()
        assert stream.take(1) == named(3, 3)


@pytest.mark.long
def test_after_all_lines_were_erased_numbers_go_on(tmp_path, journal):
    journal.write(4)
    journal.store.claim()
    journal.store.trim_journal(before=NOW + 1, at=NOW + 2)
    with serving(tmp_path, journal.site()) as socket, contextlib.closing(Stream(socket, last=4)) as stream:
        assert stream.next()[0] == 5


@pytest.mark.long
def test_streams_end_with_the_daemon(tmp_path, journal):
    journal.write()
    with serving(tmp_path, journal.site()) as socket:
        stream = Stream(socket)

    assert stream.next() is None
    stream.close()


@pytest.mark.long
def test_only_so_many_streams_are_open_and_the_others_are_told_when_to_come(tmp_path, journal):
    journal.write()
    limits = replace(LIMITS, streams=3)
    with serving(tmp_path, journal.site(), limits=limits) as socket:
        streams = [Stream(socket) for _ in range(3)]
        refused = ask(socket, "/v1/events")
        questions = ask(socket, "/v1/daemon")
        streams.pop().close()
        for _ in range(100):
            again = Stream(socket)
            if again.response.status == http.client.OK:
                break
            again.close()
        for stream in (*streams, again):
            stream.close()

    assert (refused.status, refused.codes, refused.headers["retry-after"]) == (503, ["streams_full"], "10")
    assert (questions.status, again.response.status) == (200, 200)


@pytest.mark.long
def test_events_are_for_those_who_may_read_everything(tmp_path, journal):
    with serving(tmp_path, journal.site(), role=Role.BOARD) as socket:
        assert ask(socket, "/v1/events").status == 403


@pytest.mark.long
@pytest.mark.parametrize("left", [None, Caller(name="zoe", role=Role.BOARD), Caller(name="other", role=Role.OPERATOR)])
def test_a_stream_ends_when_its_token_counts_no_more(tmp_path, journal, left):
    """H10: who asks was asked once; a stream that was open had every line for as long as the daemon lived."""
    caller = [Caller(name="zoe", role=Role.VIEWER)]
    with (
        serving(tmp_path, journal.site(), identify=lambda _: caller[0]) as socket,
        contextlib.closing(Stream(socket, query="?after=0")) as stream,
    ):
        journal.write()
        assert stream.take(1) == named(1, 1)
        caller[0] = left
        journal.write()
        assert stream.next() is None


@pytest.mark.long
def test_who_was_forgotten_is_in_no_stream(tmp_path, journal):
    """G2: the last 2,000 lines were kept as they had been read, for whoever asked for earlier ones."""
    server = ApiServer(journal.site(), ApiSettings(socket=tmp_path / "api.sock"), as_role(Role.VIEWER), limits=PATIENT)
    server.open()
    try:
        with contextlib.closing(Stream(server.socket)) as open_all_along:
            open_all_along.response.readline()
            journal.write(words=PROSE)
            assert "quemeneur" in str(open_all_along.next())
            journal.store.forget(an_erasure("parti", person=GONE))
            server.forget()
            with contextlib.closing(Stream(server.socket, query="?after=0")) as later:
                said = str(later.next())
    finally:
        server.close()

    assert "person-0" in said
    assert [word for word in LEFT if word in said.lower()] == []


@pytest.mark.long
@pytest.mark.parametrize("last", ["-1", "x", "99999999999999999999"])
def test_a_number_that_is_none_is_refused(tmp_path, journal, last):
    with serving(tmp_path, journal.site()) as socket:
        assert ask(socket, "/v1/events", Last_Event_ID=last).status == 422
