"""G3: an attribute that nobody has any more: the entries that had it say whether it was taken from them, or hidden from us."""

from dataclasses import replace

import pytest

from provisioner.adapters.ldap.roster import check_no_attribute_lost
from provisioner.errors import DirectoryIncomplete
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import AccountStatus, Agent, Rejected, Roster
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT

NAMES = DirectoryAttributes(account_state=("nsAccountLock", "shadowExpire"))
LOCKED = frozenset(AgentId(f"id{number}") for number in range(12))
EVERYBODY = frozenset(AgentId(f"id{number}") for number in range(40))


def agents(ids=EVERYBODY, *, locked=frozenset(), mailed=frozenset()):
    """People; those of `locked` are not active, those of `mailed` have a mail address."""
    return {
        key: Agent(
            agent_id=key,
            login=key,
            display_name=key,
            mail=f"{key}@example.fr" if key in mailed else "",
            standing=AccountStatus.DISABLED if key in locked else AccountStatus.ACTIVE,
        )
        for key in ids
    }


def before(having, **people):
    return Roster(read_at=READ_AT, full_at=READ_AT - 600, agents=agents(**people), entries=40, having=having)


def after(*, rejected=(), names=("nsAccountLock",), **people):
    entries = tuple(Rejected(entry=f"uid={key}", reason="no login", agent_id=key) for key in rejected)
    return Roster(read_at=READ_AT + 300, agents=agents(**people), rejected=entries, having=dict.fromkeys(names, 0))


def check(reading, in_force, *, changed=frozenset()):
    asked = []

    def changed_since(at):
        asked.append(at)
        return changed

    check_no_attribute_lost(reading, in_force, NAMES, changed_since)
    return asked


LOCKS = before({"nsAccountLock": 12}, locked=LOCKED)


@pytest.mark.parametrize(
    ("reading", "changed"),
    [
        pytest.param(after(), LOCKED, id="they were opened: each entry was changed"),
        pytest.param(after(ids=EVERYBODY - LOCKED), frozenset(), id="they were deleted"),
        pytest.param(after(ids=EVERYBODY - {"id0"}), LOCKED - {"id0"}, id="some opened, some deleted"),
    ],
)
def test_a_loss_that_the_entries_explain_is_no_fault(reading, changed):
    check(reading, LOCKS, changed=changed)


@pytest.mark.parametrize(
    ("reading", "in_force", "changed"),
    [
        pytest.param(after(), LOCKS, frozenset(), id="nothing was changed: it is hidden"),
        pytest.param(after(), LOCKS, EVERYBODY - LOCKED, id="others were changed"),
        pytest.param(
            after(locked=LOCKED), LOCKS, frozenset(), id="another attribute still keeps them out: it is hidden all the same"
        ),
        pytest.param(after(), LOCKS, LOCKED - {"id0"}, id="all but one"),
        pytest.param(after(ids=EVERYBODY - {"id0"}, rejected=("id0",)), LOCKS, LOCKED - {"id0"}, id="that one is rejected"),
        pytest.param(
            after(names=("shadowExpire",)), before({"shadowExpire": 30}, locked=LOCKED), LOCKED, id="active people had it, too"
        ),
        pytest.param(
            after(names=("mail",)), before({"mail": 12}, mailed=LOCKED), frozenset(), id="mail addresses are no different"
        ),
        pytest.param(after(names=("uid",)), before({"uid": 40}), LOCKED, id="of the login nobody says who had it"),
    ],
)
def test_a_loss_that_nothing_explains_fails_the_reading_and_names_what_helps(reading, in_force, changed):
    with pytest.raises(DirectoryIncomplete, match="`bascule directory accept`"):
        check(reading, in_force, changed=changed)


def test_the_server_is_asked_since_the_last_full_reading_and_only_in_doubt():
    in_force = replace(LOCKS, read_at=READ_AT + 60)

    assert check(after(), in_force, changed=LOCKED) == [READ_AT - 600]
    assert check(after(ids=EVERYBODY - LOCKED), in_force) == []


def test_locks_that_end_by_themselves_are_explained_by_their_dates_like_any_other_attribute():
    """G3: hiding an attribute that locked people alone had was taken for no loss."""
    people = {key: replace(agent, standing=AccountStatus.LOCKED) for key, agent in agents(LOCKED).items()}
    in_force = replace(before({"nsAccountLock": 12}), agents={**agents(), **people})

    assert check(after(), in_force, changed=LOCKED) == [READ_AT - 600]
    with pytest.raises(DirectoryIncomplete):
        check(after(), in_force, changed=LOCKED - {"id0"})
