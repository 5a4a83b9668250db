"""What is made of what a cluster and a directory show."""

import pytest

from provisioner.adapters.ldap.server_facts import ServerKind
from provisioner.setup.certificates import same_fingerprint
from provisioner.setup.cluster_look import free_range
from provisioner.setup.directory_look import members_of, words_for


@pytest.mark.parametrize(
    ("taken", "people", "free"),
    [
        pytest.param((100, 9001), 200, (20000, 20999), id="nobody is there"),
        pytest.param((20000,), 200, (21000, 21999), id="the first is taken"),
        pytest.param((20999, 21500), 200, (22000, 22999), id="the first two are"),
        pytest.param((24500,), 1700, (20000, 23999), id="before the next VM"),
        pytest.param((23500,), 1700, (24000, 27999), id="not in the middle of it"),
        pytest.param((), 0, (20000, 20999), id="nobody to serve yet"),
    ],
)
def test_the_first_range_without_a_vm(taken, people, free):
    assert free_range(frozenset(taken), people) == free


@pytest.mark.parametrize(
    ("kind", "having", "server", "agent_id", "login", "nested"),
    [
        pytest.param(ServerKind.OPENLDAP, {"entryUUID", "uid"}, "OpenLDAP", "entryUUID", "uid", False, id="OpenLDAP"),
        pytest.param(
            ServerKind.ACTIVE_DIRECTORY, {"objectGUID"}, "Active Directory", "objectGUID", "sAMAccountName", True, id="AD"
        ),
        pytest.param(
            ServerKind.SAMBA, {"objectGUID"}, "Samba (Active Directory)", "objectGUID", "sAMAccountName", True, id="Samba"
        ),
        pytest.param(ServerKind.DS389, {"nsUniqueId", "uid"}, "389 Directory Server", "nsUniqueId", "uid", False, id="389"),
        pytest.param(ServerKind.DS389, {"nsuniqueid", "ipaUniqueID"}, "FreeIPA", "ipaUniqueID", "uid", False, id="FreeIPA"),
        pytest.param(ServerKind.OTHER, set(), "an LDAP server of another kind", "entryUUID", "uid", False, id="nothing seen"),
    ],
)
def test_each_kind_of_server_has_its_attributes(kind, having, server, agent_id, login, nested):
    words = words_for(kind, having)

    assert (words.server, words.attributes.agent_id, words.attributes.login, words.nested) == (server, agent_id, login, nested)


def test_groups_list_their_members_as_their_entries_do():
    assert members_of({"Member", "cn"}) == ("member",)


@pytest.mark.parametrize("written", ["ab:cd:ef", "SHA256 AB:CD:EF", "ABCDEF"])
def test_a_fingerprint_is_the_same_however_it_is_written(written):
    assert same_fingerprint(written, "AB:CD:EF")
    assert not same_fingerprint(written, "AB:CD:EE")
