"""Ten thousand random entries: each is an agent or rejected with a reason, without any other error."""

import pytest

from provisioner.adapters.ldap.entries import asked_of
from tests.adapters.ldap.fuzz import ATTRIBUTES, kinds_of, read_all

pytestmark = pytest.mark.long

COUNT = 10_000


def test_each_of_ten_thousand_random_entries_is_an_agent_or_rejected_with_its_reason():
    roster = read_all(COUNT)
    kinds = kinds_of(roster)

    assert len(roster.agents) + len(roster.rejected) == COUNT
    assert min(len(roster.agents), len(roster.rejected)) > COUNT / 5
    assert all(entry.reason and entry.reason.isprintable() and len(entry.reason) < 400 for entry in roster.rejected)
    assert sum(kinds.values()) == len(roster.rejected)
    assert 20 < len(kinds) < 5 * len(asked_of(ATTRIBUTES))
