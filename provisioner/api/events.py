"""The journal as it is written: server-sent events, each with the number of its line: nothing is missed, or comes twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from provisioner.api.callers import Role
from provisioner.api.encoding import encoded
from provisioner.api.feed import Feed
from provisioner.api.refusals import RequestRefusal, RequestRefused
from provisioner.api.request import ask, may_still, site_of
from provisioner.errors import StoreError
from provisioner.ports import JournalEntry
from provisioner.reasons.orders import STREAMS_FULL
from provisioner.views.journal import journal_line

ALIVE_S = 15.0
"""Real seconds between signs of life: a client, and whatever lies between, sees that the stream still stands."""
events = APIRouter(tags=["events"])
_MOST = 2**62
_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The number of the line."},
        "event": {"type": "string", "enum": ["journal", "reset"]},
        "data": {"type": "string", "description": "Of `journal`: a `JournalLine` in JSON."},
    },
    "required": ["id", "event", "data"],
}
"""One event, as its fields stand in the stream."""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": _EVENT}}, "description": "Events, until the daemon ends."},
    503: {"model": RequestRefusal, "description": "Too many streams are open, or the store cannot be read."},
}
Sequence = Annotated[int | None, Query(ge=0, le=_MOST, description="The number of the last line that is known already.")]
LastEvent = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=_MOST, description="The same, as browsers send it.")]


@events.get(
    "/events",
    response_class=StreamingResponse,
    responses=_STREAM,
    dependencies=[ask(Role.VIEWER)],
    summary="The journal as it is written.",
)
async def stream_events(request: Request, after: Sequence = None, last_event_id: LastEvent = None) -> StreamingResponse:
    """Each event `journal` is a line, its id the line's number. Without a number it begins with the next line.

    An event `reset` says that the journal is another one: its numbers begin before the number that was sent.
    """
    feed = cast("Feed", request.app.state.feed)
    if not feed.enter():
        raise RequestRefused(503, STREAMS_FULL(count=feed.streams), headers={"Retry-After": "10"})
    try:
        await feed.start(site_of(request).board)
    except BaseException:
        feed.leave()
        raise
    begin = last_event_id if last_event_id is not None else after
    lines = _lines(feed, begin, lambda: may_still(request, Role.VIEWER))
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _lines(feed: Feed, begin: int | None, may: Callable[[], bool]) -> AsyncIterator[bytes]:
    """`may`: whether whoever reads them still may; asked before each of them."""
    try:
        last = feed.newest if begin is None else begin
        yield b": bascule\nretry: 2000\n\n"
        if last > feed.newest:
            await feed.catch_up()
        if last > feed.newest:
            last = feed.newest
            yield b"id: %d\nevent: reset\ndata: {}\n\n" % last
        while not feed.closed:
            try:
                entries = await asyncio.wait_for(feed.after(last), ALIVE_S)
            except TimeoutError:
                entries = ()
            except StoreError:
                return  # the client comes again, with the last number it has
            if not may():
                return
            if not entries:
                yield b": alive\n\n"
            for entry in entries:
                last = entry.sequence
                yield _event(entry)
    finally:
        feed.leave()


def _event(entry: JournalEntry) -> bytes:
    return b"id: %d\nevent: journal\ndata: %s\n\n" % (entry.sequence, encoded(journal_line(entry)))
