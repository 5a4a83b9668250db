"""What the control thread publishes, for the tests of views and API."""

from collections.abc import Iterable
from typing import Any

from provisioner.cli.document_rows import Row, agent_row, desktop_row, node_row
from provisioner.cli.output import plain
from provisioner.model.people.agents import Agent
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.status import Status
from provisioner.planning.inputs import Situation
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.views.published import Published
from provisioner.views.resources import RESOURCES
from tests.builders.cluster import NOW
from tests.builders.core import Desktop, a_roster, a_situation


def status_of(situation: Situation) -> Status:
    """The status that a cycle ends with in this situation."""
    survey_result = survey(situation)
    room = free_resources(situation, survey_result)
    return build_status(
        situation, survey_result, make_plan(situation, survey_result, room), StatusInputs(), room=room, before=None
    )


def a_publication(
    *desktops: Desktop, wanted: int = 0, agents: int | Iterable[Agent] = 3, waves: Iterable[Wave] = (), **changed
) -> Published:
    """These desktops, where agents 1 to `wanted` want one."""
    situation = a_situation(desktops, wanted=wanted, roster=a_roster(agents), **changed)
    scenario = Scenario(name="surge", waves=tuple(waves)) if waves else Published(status=Status(at=NOW)).scenario
    return Published(status=status_of(situation), records=situation.records.desktops, scenario=scenario, began_at=NOW - 3600)


def document_of(resource: str, status: Status) -> Any:
    """The document, as a command gets it."""
    return plain(RESOURCES[resource](Published(status=status)))


def desktop_rows(status: Status) -> dict[str, Row]:
    """The rows of `desktops`, by name."""
    document = document_of("desktops", status)
    return {desktop["name"]: desktop_row(desktop, at=document["at"]) for desktop in document["desktops"]}


def agent_rows(status: Status) -> list[Row]:
    """The rows of `agents`."""
    return [agent_row(agent) for agent in document_of("agents", status)["agents"]]


def node_rows(status: Status) -> list[Row]:
    """The rows of `node list`."""
    return [node_row(node) for node in document_of("nodes", status)["nodes"]]
