"""A twin that is started again: the same cluster to its clients."""

from dataclasses import replace

import pytest

from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.keeping import STATE_FILE, kept_in, read_guests, restore_guests, write_guests
from provisioner.twin.server.state import TwinState
from provisioner.twin.server.tls import make_certificates, usable_certificates
from provisioner.twin.twin import Twin
from tests.builders.twin_http import EPOCH, VirtualClient, a_twin_spec

_YEARS_S = 11 * 366 * 86_400.0


def a_twin_with_a_desktop():
    client = VirtualClient(a_twin_spec())
    client.ask("POST", "/nodes/pve1/qemu/9000/clone", params={"newid": "101", "name": "vd-101", "pool": "stage-1"})
    client.ask("POST", "/nodes/pve1/qemu/101/config", params={"description": "a note", "tags": "bascule"})
    client.ask("POST", "/nodes/pve1/qemu/101/status/start")
    return client


def restored_from(path):
    twin = Twin(a_twin_spec(), EventHeap(EPOCH))
    restore_guests(twin.cluster, read_guests(path)[1])
    return twin


def test_its_desktops_are_there_again_and_off(tmp_path):
    client = a_twin_with_a_desktop()
    client.twin.events.advance(EPOCH + 600)
    before = client.twin.cluster.guests[101]
    assert (before.running, before.ready) == (True, True)
    write_guests(client.twin.cluster, tmp_path / "guests.json")

    twin = restored_from(tmp_path / "guests.json")

    guest = twin.cluster.guests[101]
    assert (guest.public_config(), guest.node, guest.desktop) == (before.public_config(), "pve1", True)
    assert (guest.running, guest.sessions, twin.cluster.pool_of[101]) == (False, [], "stage-1")
    domain = ("pve1", "qcow")
    assert twin.cluster.domains[domain].filled_gib == pytest.approx(client.twin.cluster.domains[domain].filled_gib)
    assert read_guests(tmp_path / "guests.json")[0] == EPOCH + 600


def test_templates_are_those_of_its_file(tmp_path):
    client = a_twin_with_a_desktop()
    write_guests(client.twin.cluster, tmp_path / "guests.json")

    assert [guest["vmid"] for guest in read_guests(tmp_path / "guests.json")[1]] == [101]
    assert set(restored_from(tmp_path / "guests.json").cluster.guests) == {9000, 9001, 101}


def test_what_has_no_place_any_more_is_left_out(tmp_path):
    write_guests(a_twin_with_a_desktop().twin.cluster, tmp_path / "guests.json")
    spec = a_twin_spec()
    smaller = Twin(replace(spec, nodes=spec.nodes[1:], templates=spec.templates[2:], storages=spec.storages), EventHeap(EPOCH))

    restore_guests(smaller.cluster, read_guests(tmp_path / "guests.json")[1])

    assert 101 not in smaller.cluster.guests


def test_another_file_is_refused(tmp_path):
    (tmp_path / "guests.json").write_text("[]")

    with pytest.raises(ValueError, match="holds no guests"):
        read_guests(tmp_path / "guests.json")


def test_port_certificates_and_secrets_are_taken_over(tmp_path):
    made = make_certificates(tmp_path, now=EPOCH)
    state = TwinState(
        port=8006, ca_file=str(made.ca), cluster="lab", epoch0=EPOCH, monotonic0=0, scale=1, tokens={"root@pam!full": "old"}
    )
    state.write(tmp_path / STATE_FILE)

    kept = kept_in(tmp_path, now=EPOCH)

    assert (kept.port, kept.certificates) == (8006, made)
    assert [token.secret for token in kept.give_secrets(a_twin_spec()).tokens] == ["old"]


def test_of_a_first_start_there_is_nothing(tmp_path):
    kept = kept_in(tmp_path, now=EPOCH)

    assert (kept.port, kept.certificates, kept.give_secrets(a_twin_spec())) == (None, None, a_twin_spec())


@pytest.mark.parametrize(
    ("damage", "at"),
    [
        pytest.param(lambda folder: (folder / "server.key").unlink(), EPOCH, id="a file is gone"),
        pytest.param(lambda folder: (folder / "server.pem").write_text("no"), EPOCH, id="a file is none"),
        pytest.param(lambda folder: None, EPOCH + _YEARS_S, id="it has ended"),
        pytest.param(
            lambda folder: (folder / "ca.pem").write_bytes(make_certificates(folder / "other", now=EPOCH).ca.read_bytes()),
            EPOCH,
            id="another authority",
        ),
    ],
)
def test_certificates_that_nobody_would_trust_are_not_taken_over(tmp_path, damage, at):
    (tmp_path / "other").mkdir()
    make_certificates(tmp_path, now=EPOCH)
    damage(tmp_path)

    assert usable_certificates(tmp_path, now=at) is None
