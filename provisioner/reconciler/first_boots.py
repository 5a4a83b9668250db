"""Which first-boot data a desktop may have that asks for them, or asks who may log on. Nothing changes by it."""

from provisioner.model.ids import Instant
from provisioner.model.machines.first_boot import FirstBootGrant
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import FirstBootWord
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.sessions.push import KnownBoot, Push


def answer_first_boot(
    push: Push, heard_at: Instant, *, sessions: SessionIntake, status: Status | None, config: SiteConfig
) -> FirstBootGrant | FirstBootWord:
    """The data that it may have; or why it gets none."""
    word, boot = sessions.asked(push, config, heard_at)
    grant = None if boot is None or word is not FirstBootWord.GIVEN else _grant(boot, status, config)
    if grant is None and word is FirstBootWord.GIVEN:
        word = FirstBootWord.NOT_READY
    sessions.answered(word)
    return grant or word


def _grant(boot: KnownBoot, status: Status | None, config: SiteConfig) -> FirstBootGrant | None:
    """None: it is not known at this moment whose it is, or its profile is gone. A pool's is nobody's, whoever has it now."""
    state = None if status is None else status.desktops.get(boot.desktop)
    profile = None if state is None else config.profiles.get(state.reservation.profile)
    if state is None or profile is None:
        return None
    is_persons = state.reservation.agent_id is not None
    if is_persons and not state.agent_login:
        return None
    is_shut = is_persons and _is_somebody_elses(state, status)
    login = state.agent_login if is_persons and not is_shut else ""
    return FirstBootGrant(desktop=boot.desktop, secret=boot.secret, login=login, rules=profile.first_boot, is_shut=is_shut)


def _is_somebody_elses(state: DesktopState, status: Status | None) -> bool:
    """Whether its agent has left, and the login was given again: a login is compared as a domain does."""
    agents = {} if status is None or status.roster is None else status.roster.agents
    login = state.agent_login.casefold()
    return state.reservation.agent_id not in agents and any(agent.login.casefold() == login for agent in agents.values())
