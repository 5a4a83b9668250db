"""Documents of older stores, where a reason was only its text."""

import json

from provisioner.adapters.sql import codec
from tests.builders.store import NOON

TEXT = "has no uid, and needs one to log on with; the agent stays as last accepted"


def test_a_roster_of_an_older_store_says_why_in_words_alone():
    rejected = {"entry": "cn=a,dc=x", "reason": TEXT, "agent_id": None, "login": ""}
    roster = codec.roster_of(json.dumps({"agents": [], "rejected": [rejected]}), read_at=NOON)

    assert [(entry.reason, entry.reason.code, entry.same_as) for entry in roster.rejected] == [(TEXT, "", ())]
    assert json.loads(codec.roster_text(roster))["rejected"][0]["reason"] == TEXT


def test_a_quarantine_of_an_older_store_has_only_its_text():
    held = {"since": NOON, "read_at": NOON, "reason": "35 of 60 would leave", "leavers": 35, "joiners": 0}
    guard = codec.guard_of(json.dumps({"left": {}, "joined": {}, "quarantine": held}))

    assert (guard.quarantine.words, guard.quarantine.words.code) == ("35 of 60 would leave", "")
    assert codec.guard_of(codec.guard_text(guard)) == guard
