"""The documents that can be read."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from provisioner.api.callers import Role
from provisioner.api.encoding import encoded
from provisioner.api.refusals import JSON, RequestRefusal, RequestRefused
from provisioner.api.request import answer_of, ask, knows_people, planned_now, published_now, shelf_of, site_of
from provisioner.extensions import Point
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.surges import NO_RUN, NO_SUCH_RUN
from provisioner.reasons.views import NO_ROSTER_YET
from provisioner.views.agents import AgentsDocument
from provisioner.views.connections import ConnectionsDocument
from provisioner.views.daemon import ConfigDocument, DaemonDocument, daemon_document
from provisioner.views.desktops import DesktopsDocument
from provisioner.views.figures import FiguresDocument
from provisioner.views.findings import FindingsDocument
from provisioner.views.journal import JournalDocument, journal_document
from provisioner.views.nodes import NodesDocument
from provisioner.views.orders import OrdersDocument
from provisioner.views.peaks import PEAK_LINES, PeaksDocument, peaks_document
from provisioner.views.person.document import PersonDocument, person_document
from provisioner.views.plan import PlanDocument
from provisioner.views.pools import PoolsDocument
from provisioner.views.resources import RESOURCES
from provisioner.views.rotation import RotationDocument
from provisioner.views.status import StatusDocument
from provisioner.views.storages import StoragesDocument
from provisioner.views.surge import SurgeDocument
from provisioner.views.surge_report.document import SurgeReportDocument, surge_report_document
from provisioner.views.waves import WavesDocument
from provisioner.views.why.document import WhyDocument, nothing_matches, why_document
from provisioner.views.why.past import MOST_LINES as MOST_LINES_OF_WHY

MOST_DAYS = 366
MOST_RUNS = 1_000_000
MOST_LINES = 1000
"""Lines of the journal in one answer."""

reading = APIRouter(tags=["state"])
ROUTES = Point("routes", "ROUTES", APIRouter)
"""Documents of capabilities."""
_RESOURCES: tuple[tuple[str, Role, type], ...] = (
    ("status", Role.VIEWER, StatusDocument),
    ("figures", Role.BOARD, FiguresDocument),
    ("desktops", Role.VIEWER, DesktopsDocument),
    ("agents", Role.VIEWER, AgentsDocument),
    ("connections", Role.VIEWER, ConnectionsDocument),
    ("nodes", Role.VIEWER, NodesDocument),
    ("storages", Role.VIEWER, StoragesDocument),
    ("waves", Role.BOARD, WavesDocument),
    ("surge", Role.VIEWER, SurgeDocument),
    ("plan", Role.VIEWER, PlanDocument),
    ("pools", Role.VIEWER, PoolsDocument),
    ("rotation", Role.VIEWER, RotationDocument),
    ("intents", Role.VIEWER, OrdersDocument),
    ("findings", Role.VIEWER, FindingsDocument),
)
"""Each resource that is made of the last publication alone, who may read it, and the kind of its document."""
_BEFORE_A_CYCLE = frozenset({"status", "surge", "intents", "findings"})
"""They say by themselves what is not known yet; of the rest, nothing is known without a cluster."""


def _add(name: str, role: Role, kind: type) -> None:
    async def read(request: Request) -> Response:
        published = published_now(request) if name in _BEFORE_A_CYCLE else planned_now(request)
        made = shelf_of(request).take(published, name, request.state.language, RESOURCES[name], people=knows_people(request))
        headers = {"ETag": made.tag, "Cache-Control": "no-cache, private"}
        if request.headers.get("if-none-match") == made.tag:
            return Response(status_code=304, headers=headers)
        return Response(made.body, media_type=JSON, headers=headers)

    summary = (kind.__doc__ or "").splitlines()[0]
    reading.add_api_route(
        f"/{name}",
        read,
        methods=["GET"],
        name=name,
        summary=summary,
        response_model=kind,
        responses={304: {"description": "It is as it was when it had the entity tag that was sent as `If-None-Match`."}},
        dependencies=[ask(role)],
    )


for _resource in _RESOURCES:
    _add(*_resource)


@reading.get(
    "/daemon", response_model=DaemonDocument, dependencies=[ask(Role.BOARD)], summary="The daemon, and its last cycle."
)
async def daemon(request: Request) -> Response:
    """Answers before the first cycle too."""
    site = site_of(request)
    document = daemon_document(
        installation=site.installation,
        version=site.version,
        started_at=site.started_at,
        cycle_within_s=site.cycle_within_s,
        now=site.clock.now(),
        last=site.board.last,
    )
    return answer_of(request, document)


@reading.get("/config", response_model=ConfigDocument, dependencies=[ask(Role.VIEWER)], summary="In force, and on disk.")
async def config(request: Request) -> Response:
    """Whether the configuration on disk is the one in force."""
    return answer_of(request, await anyio.to_thread.run_sync(site_of(request).config))


@reading.get("/journal", response_model=JournalDocument, dependencies=[ask(Role.VIEWER)], summary="The journal, newest first.")
async def journal(
    request: Request,
    lines: Annotated[int, Query(ge=1, le=MOST_LINES, description="How many at most.")] = 50,
    subject: Annotated[str | None, Query(max_length=256, description="A desktop's name, or an order's target.")] = None,
) -> Response:
    """What was ordered, by whom, and what came of it."""

    def read() -> bytes:
        return encoded(journal_document(site_of(request).journal(lines, subject)))

    return Response(await anyio.to_thread.run_sync(read), media_type=JSON, headers={"Cache-Control": "no-store"})


@reading.get(
    "/reports/surge",
    response_model=SurgeReportDocument,
    responses={404: {"model": RequestRefusal, "description": "There is no such run."}},
    dependencies=[ask(Role.VIEWER)],
    summary="What came of a run of the scenario, against what was planned.",
)
async def surge_report(
    request: Request,
    run: Annotated[int | None, Query(ge=1, le=MOST_RUNS, description="Its number; the newest by default.")] = None,
    names: Annotated[bool, Query(description="Whether people, desktops and operators are named.")] = False,
) -> Response:
    """Made of what the store keeps, whatever restarts there were."""
    site = site_of(request)

    def made() -> SurgeReportDocument:
        facts = site.report(run)
        if facts is None:
            newest = None if run is None else site.report(None)
            numbers = join_reasons((str(number) for number in newest.runs), ALSO) if newest is not None else ""
            raise RequestRefused(404, NO_SUCH_RUN(number=run or 0, numbers=numbers) if numbers else NO_RUN())
        return surge_report_document(facts, names=names)

    return answer_of(request, await anyio.to_thread.run_sync(made))


@reading.get(
    "/reports/peak",
    response_model=PeaksDocument,
    dependencies=[ask(Role.BOARD)],
    summary="The most sessions that were open at once, on each day and by profile.",
)
async def peaks(
    request: Request,
    days: Annotated[int | None, Query(ge=1, le=MOST_DAYS, description="Only the last so many, with today.")] = None,
) -> Response:
    """Numbers without people: a year of them is kept."""
    site = site_of(request)

    def made() -> PeaksDocument:
        lines = site.journal(PEAK_LINES, "")
        return peaks_document(site.session_counts(), lines, now=site.clock.now(), days=days)

    return answer_of(request, await anyio.to_thread.run_sync(made))


for _added in ROUTES.found():
    reading.routes.extend(_added.routes)  # themselves: what is included is not among a router's routes


@reading.get(
    "/why",
    response_model=WhyDocument,
    responses={404: {"model": RequestRefusal, "description": "Nothing has it in a name."}},
    dependencies=[ask(Role.VIEWER)],
    summary="Why an agent, a desktop, a node or a wave is as it is.",
)
async def why(
    request: Request,
    of: Annotated[
        str, Query(min_length=1, max_length=256, description="A name, or a part of it; case and accents do not count.")
    ],
) -> Response:
    """Several that match are listed, and none is explained."""
    published, site = planned_now(request), site_of(request)

    def made() -> WhyDocument:
        return why_document(published, of, lambda subject: site.journal(MOST_LINES_OF_WHY, subject))

    document = await anyio.to_thread.run_sync(made)
    if not document.matches:
        raise RequestRefused(404, nothing_matches(document))
    return answer_of(request, document)


@reading.get(
    "/person",
    response_model=PersonDocument,
    responses={404: {"model": RequestRefusal, "description": "Nobody in the directory in force has it in a name."}},
    dependencies=[ask(Role.VIEWER)],
    summary="How one person stands with a desktop: a sentence to read aloud, what may be ordered now, and the rest.",
)
async def person(
    request: Request,
    of: Annotated[
        str,
        Query(min_length=1, max_length=256, description="A login or a name, or a part of it; case and accents do not count."),
    ],
) -> Response:
    """Several people who match are listed, and none is described."""
    published, site = planned_now(request), site_of(request)

    def made() -> PersonDocument | Reason:
        return person_document(
            published,
            of,
            lambda subject: site.journal(MOST_LINES_OF_WHY, subject),
            now=site.clock.now(),
            within_s=site.cycle_within_s,
        )

    document = await anyio.to_thread.run_sync(made)
    if isinstance(document, Reason):
        raise RequestRefused(503 if document.code == NO_ROSTER_YET.code else 404, document)
    return answer_of(request, document)
