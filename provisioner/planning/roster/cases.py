"""Who is who: the cases, and what is evidence enough that two entries are of one person. Pure."""

import enum
from collections.abc import Set

from provisioner.model.people.agents import Agent
from provisioner.planning.roster.traits import name_of


class Case(enum.StrEnum):
    """Every answer. What is not `SAME` or `RENAMED` is held until an operator says who is who."""

    SAME = "same"
    """The same id, and nothing that identifies a person has changed."""
    RENAMED = "renamed"
    """The same id, and enough is as before: a marriage, another form of logins, another mail domain. It is taken up."""
    ANOTHER = "another person"
    """The same id, and too little is as before: a number that was given to somebody else."""
    SWAPPED = "swapped"
    """The same id, and what it shows was known under another id, or its person is listed under another: an import that slipped
    by a row, two numbers exchanged."""
    UNCLEAR = "unclear"
    """The same id, and what is as before (a part of the name, the unit) is true of many: a marriage that changed all else."""
    RECREATED = "re-created"
    """A new id and a person who is gone, one of each: an account made anew, a batch of a migration."""
    MERGED = "merged"
    """A new id, and several people who are gone: two trees become one."""
    TWICE = "twice"
    """A new id, beside an owner who is listed too and seems to be the same person: two trees, an account for other work."""
    SPLIT = "split"
    """Several new ids, and a person who is gone: whoever of them it is, the others are somebody else."""


SUFFICES = (
    # equal traits of two entries      under the same typed id    under a new id
    ({"made"}, True, True),
    ({"number"}, True, True),
    ({"login", "name"}, True, True),
    ({"login", "mail"}, True, True),
    ({"name", "mail"}, True, True),
    ({"rare name", "place"}, True, False),
    ({"name alone"}, False, True),
    ({"login", "nothing against"}, True, True),
    ({"login", "part of name"}, True, False),
    ({"own mailbox", "part of name"}, True, False),
    ({"nothing against"}, True, False),
)
"""Each line is enough to be the same person. `rare name`: nobody else has it, before and now, and no number says that they are
two; `place`: the unit or the department; `name alone`: whoever has the name too makes it unclear; `nothing against`: no trait
that both entries have differs; `part of name`: a word of it; `own mailbox`: nobody else has it, before and now.
A login or mailbox that is made of the id says no more than it."""
_SHORT = 3
"""Letters: `de` and `le` are in many names."""


def case_of_group(old: int, new: int) -> Case:
    """Of people under new ids: how many are gone, and how many entries are like them."""
    if old == new == 1:
        return Case.RECREATED
    return Case.MERGED if new == 1 else Case.SPLIT if old == 1 else Case.UNCLEAR


def is_enough(evidence: Set[str], *, new_id: bool) -> bool:
    """Whether this evidence makes one person of two entries, in the words of `SUFFICES`."""
    return any(needed <= evidence for needed, same_id, under_new in SUFFICES if (under_new if new_id else same_id))


def is_like(old: Agent, new: Agent) -> bool:
    """Whether it may be one person, who has changed all but a part of the name, or the place."""
    return shares_a_word(old, new) or (bool(old.unit) and old.unit == new.unit and old.department == new.department)


def is_of_one_place(old: Agent, new: Agent) -> bool:
    """Whether the unit or the department is the same."""
    same = (before == now for before, now in ((old.unit, new.unit), (old.department, new.department)) if before)
    return any(same)


def shares_a_word(old: Agent, new: Agent) -> bool:
    """Whether a word of the name is the same."""
    words = {word for word in name_of(old).replace("-", " ").split() if len(word) >= _SHORT}
    return bool(words & set(name_of(new).replace("-", " ").split()))


def is_made_of(value: str, agent: Agent) -> bool:
    """Whether this value of the entry is made of its id: it came with it."""
    digits = "".join(filter(str.isdigit, agent.agent_id)).lstrip("0")
    return agent.agent_id in value or value in agent.agent_id or (len(digits) >= _SHORT and digits in value)


__all__ = ["SUFFICES", "Case", "case_of_group", "is_enough", "is_like", "is_made_of", "is_of_one_place", "shares_a_word"]
