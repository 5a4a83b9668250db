"""What is said of one person, on their card and by `why`."""

from collections.abc import Iterator

from provisioner.model.people.agents import Agent
from provisioner.reasons.reason import Reason
from provisioner.views.person.card import CardDocument
from provisioner.views.person.clause import Standing
from provisioner.views.person.document import person_document
from provisioner.views.why.document import why_document
from tests.law.figures import ASKED_S, HANGS_WITHIN_S
from tests.law.heard import LAG_S, Heard

_HANGS_S = 120.0
"""A daemon without a cycle for so long hangs."""
_STEADY_S = 90.0
_ASKED_AGAIN_S = 360.0
"""Who has not answered for long is asked each five minutes at the latest."""
_HAS_NONE = frozenset({Standing.NONE, Standing.LATER})


def untrue_of_person(heard: Heard, agent: Agent) -> Iterator[str]:
    """What of it is not so."""
    status = heard.published.status
    answer = person_document(heard.published, agent.login, lambda _: (), now=status.at, within_s=_HANGS_S)
    if isinstance(answer, Reason) or answer.card is None:
        yield f"{agent.login} is in the roster, and not found: {answer}"
        return
    yield from (f"{agent.login}: {text}: {answer.card.says.text}" for text in _of_card(heard, agent, answer.card))
    why = why_document(heard.published, agent.login, lambda _: ())
    name = None if why.seat is None or why.seat.desktop is None else why.seat.desktop.name
    if answer.card.lent is None and name != (answer.card.desktop.name if answer.card.desktop else None):
        yield f"{agent.login}: `why` is about {name}, and `person` about another desktop"


def _of_card(heard: Heard, agent: Agent, card: CardDocument) -> Iterator[str]:
    if card.lent is not None:
        return
    standing, vmids = Standing(card.standing), heard.scene.judge.desktops_of().get(agent.agent_id, [])
    called = [vmid for vmid in (heard.vmid_of(card.desktop.name),) if vmid is not None] if card.desktop is not None else []
    sees = heard.sees and heard.seen_s > ASKED_S
    if standing is Standing.READY and sees and not _usable(heard, [*vmids, *called], HANGS_WITHIN_S):  # it may just be deleted
        yield "has none that anybody can log on to"
    if standing in _HAS_NONE and _works(heard, vmids):
        yield f"has VM {vmids}, and can log on"
    said = [vmid for vmid in vmids if vmid in called]
    guests = [heard.scene.twin.cluster.guests[vmid] for vmid in said]
    answers = not any(guest.dead_agent or guest.hung or guest.status_file for guest in guests)
    if standing is Standing.HANGS and answers and heard.seen_s > _ASKED_AGAIN_S and _works(heard, said, _ASKED_AGAIN_S):
        yield f"VM {said} answers"
    if standing is Standing.FAILED and _works(heard, vmids):
        yield f"VM {vmids} works"


def _usable(heard: Heard, vmids: list[int], within_s: float) -> bool:
    return any(heard.past.ever(lambda moment, vmid=vmid: vmid in moment.usable, within_s) for vmid in vmids)


def _works(heard: Heard, vmids: list[int], for_s: float = _STEADY_S) -> bool:
    steady = max(for_s, LAG_S) + heard.blind_s
    return any(heard.past.always(lambda moment, vmid=vmid: vmid in moment.usable, steady) for vmid in vmids)


__all__ = ["untrue_of_person"]
