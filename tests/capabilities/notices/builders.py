"""People who are to be told something, and what tells them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provisioner.capabilities.notices.model import NoticeChannel, NoticeRules
from provisioner.capabilities.notices.work import NoticeWorker
from provisioner.capabilities.notices.writing import LetterWriter
from provisioner.model.demand import Demand, Want
from provisioner.model.ids import AgentId, DesktopName, ProfileName, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.status import DesktopState, Status
from provisioner.ports import Store
from provisioner.reasons.reason import NONE
from provisioner.settings.site_zone import SiteZone
from tests.builders.store import NOON, a_reservation

LINK = "https://bureaux.dep.example/"


class MovingClock:
    """A clock that a test moves."""

    def __init__(self, at: float = NOON) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


def a_person(number: int, **changed: Any) -> Agent:
    """With an address."""
    login = f"login{number:04}"
    values = {
        "agent_id": AgentId(f"id-{number}"),
        "login": login,
        "display_name": f"Zoé {number}",
        "mail": f"{login}@dep.example",
    }
    return Agent(**{**values, **changed})


def of_people(*people: Agent, ready: Mapping[AgentId, str] = {}, slots: Mapping[AgentId, float] = {}, **changed: Any) -> Status:
    """`ready`: each person's ready desktop; `slots`: by when the others get theirs."""
    states = {
        DesktopName(name): DesktopState(
            reservation=replace(a_reservation(1000 + number, agent_id=agent_id), name=DesktopName(name)),
            phase=Phase.READY,
            because=NONE,
            node=a_reservation().node,
            since=NOON,
            wanted=True,
        )
        for number, (agent_id, name) in enumerate(ready.items())
    }
    wants = {
        seat_of(agent_id): Want(
            seat=seat_of(agent_id),
            login=agent_id,
            profile=ProfileName("office"),
            wave=WaveName("all"),
            rank=(1, at, agent_id),
            due_at=at,
            begins_at=NOON,
        )
        for agent_id, at in slots.items()
    }
    values: dict[str, Any] = {
        "at": NOON,
        "surge": SurgeRun.begun("night", NOON),
        "desktops": states,
        "demand": Demand(wants=wants),
    }
    roster = Roster(agents={person.agent_id: person for person in people}, read_at=NOON)
    return Status(**{**values, "roster": roster, **changed})


def a_worker(*channels: NoticeChannel, store: Store, clock: MovingClock, frozen: bool = False, **rules: Any) -> NoticeWorker:
    """In English, without a settling time."""
    writer = LetterWriter(language="en", link=LINK, installation="lab", zone=lambda: SiteZone("Europe/Paris"))
    values: dict[str, Any] = {"per_minute": 100_000, "settle_s": 0.0}
    return NoticeWorker(
        channels, NoticeRules(**{**values, **rules}), writer, store=lambda: store, clock=clock, frozen=lambda: frozen
    )
