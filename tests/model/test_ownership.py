"""The signed note: what proves that a desktop is ours, and what does not."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.ids import AgentId, ClusterId, DesktopName, DesktopPoolName, NodeName, ProfileName, Vmid
from provisioner.model.machines.ownership import NoteKey, note_for, read_note
from provisioner.model.machines.seats import pool_seat
from tests.builders.actions import a_reservation
from tests.builders.cluster import NOW

KEY = NoteKey(installation="lab", secret=b"the secret of the tests")
SEEN_ON = NodeName("n7")


def read(text, key=KEY):
    return read_note(text, key, node=SEEN_ON)


@pytest.mark.parametrize(
    "reservation",
    [
        pytest.param(a_reservation(address="10.40.0.10"), id="an agent's desktop with an address"),
        pytest.param(a_reservation(address=""), id="by DHCP"),
        pytest.param(a_reservation(agent_id=None), id="nobody's: pooled or spare"),
    ],
)
def test_a_note_gives_back_the_reservation_as_seen_now(reservation):
    found = read(note_for(reservation, KEY))

    assert found == replace(reservation, node=SEEN_ON, proven=True)


@pytest.mark.parametrize(
    ("reservation", "line"),
    [
        pytest.param(
            a_reservation(1, address="10.40.0.10"),
            "bascule-note:v2|lab|pve|5001|vd-5001|office|agent:agent-0001|10.40.0.10|1799999000|"
            "0ce66e2d1ae6d99a0e3d49e69908a2f556065d2ccd22bdb52d0a4104e508800d",
            id="of no run",
        ),
        pytest.param(
            a_reservation(1, seat=pool_seat(DesktopPoolName("shared"), 7), run=3),
            "bascule-note:v3|lab|pve|5001|vd-5001|office|pool:shared/7||1799999000|3|"
            "e4646d83ebf900b868f0efe0317dc7697b961f6bca390f2851087d896710ed74",
            id="of a run, in a pool",
        ),
    ],
)
def test_a_note_is_read_as_91818bac_wrote_it(reservation, line):
    """The notes of desktops stay in Proxmox VE for years: what was ever written is read."""
    assert note_for(reservation, KEY).splitlines()[-1] == line
    assert read(line) == replace(reservation, node=SEEN_ON, proven=True)


NOTE = note_for(a_reservation(1), KEY)
_FIELDS = "lab|pve|5001|vd-5001|office|agent-0001|10.40.0.10"
BEFORE_THE_FIRST = f"bascule-note:v1|{_FIELDS}|{hmac.new(KEY.secret, _FIELDS.encode(), hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="no description"),
        pytest.param("", id="an empty description"),
        pytest.param("Bascule desktop.", id="words alone"),
        pytest.param(BEFORE_THE_FIRST, id="of a version before the first release"),
        pytest.param(NOTE.replace("agent-0001", "agent-0002"), id="edited: another agent"),
        pytest.param(NOTE.replace("5001", "5002"), id="edited: another VMID"),
        pytest.param(NOTE.replace("|pve|", "|lyon|"), id="edited: another cluster"),
        pytest.param(NOTE[:-1], id="its last character is missing"),
        pytest.param(NOTE.replace("bascule-note:v2", "bascule-note:v3"), id="another version"),
        pytest.param(NOTE.replace("|office", ""), id="a field is missing"),
        pytest.param(note_for(a_reservation(1), replace(KEY, installation="other")), id="of another installation"),
        pytest.param(note_for(a_reservation(1), replace(KEY, secret=b"guessed")), id="signed with another secret"),
    ],
)
def test_notes_that_prove_nothing(text):
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Zoé's machine\n{NOTE}\ncall 12 before rebooting", id="with people's words around it"),
        pytest.param(NOTE.replace("\n", "\r\n  "), id="re-indented, with other line ends"),
        pytest.param(f"bascule-note:v1|forged\n{NOTE}", id="after a forged line"),
    ],
)
def test_people_may_write_around_the_note(text):
    assert read(text) is not None


word = st.text(st.characters(codec="ascii", exclude_characters="|", categories=("L", "N", "P")), min_size=1, max_size=20)


@pytest.mark.long
@given(word, word, word, word, st.integers(100, 999_999_999))
def test_any_reservation_comes_back_as_it_was(name, cluster, profile, agent, vmid):
    reservation = a_reservation(
        name=DesktopName(name),
        cluster=ClusterId(cluster),
        profile=ProfileName(profile),
        agent_id=AgentId(agent),
        vmid=Vmid(vmid),
        node=SEEN_ON,
        reserved_at=NOW,
    )

    assert read(note_for(reservation, KEY)) == reservation


def test_the_secret_is_never_shown():
    assert "secret of the tests" not in repr(KEY)
    assert "lab" in repr(KEY)
