"""The account status from each kind of server, on 16 March 2020, 07:00 UTC."""

import pytest

from provisioner.adapters.ldap.account_status import SUPANN, account_status_of, ended
from provisioner.adapters.ldap.entries import agent_of, states_of
from provisioner.model.people.agents import AccountStatus
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT, an_entry

DAY_S = 86_400
TODAY = int(READ_AT // DAY_S)


def filetime(moment: float) -> str:
    return str(int((moment + 11_644_473_600) * 10_000_000))


@pytest.mark.parametrize(
    ("attribute", "value", "standing"),
    [
        pytest.param("userAccountControl", "512", AccountStatus.ACTIVE, id="Active Directory: a normal account"),
        pytest.param("userAccountControl", "514", AccountStatus.DISABLED, id="Active Directory: disabled"),
        pytest.param("userAccountControl", "66048", AccountStatus.ACTIVE, id="Active Directory: a password without end"),
        pytest.param(
            "msDS-User-Account-Control-Computed", "16", AccountStatus.LOCKED, id="Active Directory: locked, as computed"
        ),
        pytest.param("accountExpires", "0", AccountStatus.ACTIVE, id="Active Directory: 0 is never"),
        pytest.param(
            "accountExpires", "9223372036854775807", AccountStatus.ACTIVE, id="Active Directory: the largest is never"
        ),
        pytest.param("accountExpires", filetime(READ_AT), AccountStatus.EXPIRED, id="Active Directory: expires now"),
        pytest.param("accountExpires", filetime(READ_AT + 1), AccountStatus.ACTIVE, id="Active Directory: a second later"),
        pytest.param("lockoutTime", "0", AccountStatus.ACTIVE, id="Active Directory: opened again"),
        pytest.param("lockoutTime", filetime(READ_AT - 60), AccountStatus.LOCKED, id="Active Directory: locked a minute ago"),
        pytest.param("nsAccountLock", "TRUE", AccountStatus.DISABLED, id="389 Directory: locked by an administrator"),
        pytest.param("nsAccountLock", "false", AccountStatus.ACTIVE, id="389 Directory: not locked"),
        pytest.param("pwdAccountLockedTime", "20240101000000Z", AccountStatus.LOCKED, id="OpenLDAP: locked by wrong passwords"),
        pytest.param("pwdAccountLockedTime", "000001010000Z", AccountStatus.DISABLED, id="OpenLDAP: locked for good"),
        pytest.param("shadowExpire", "-1", AccountStatus.ACTIVE, id="shadow: never"),
        pytest.param("shadowExpire", "0", AccountStatus.ACTIVE, id="shadow: 0 is never"),
        pytest.param("shadowExpire", str(TODAY), AccountStatus.EXPIRED, id="shadow: from today"),
        pytest.param("shadowExpire", str(TODAY + 1), AccountStatus.ACTIVE, id="shadow: from tomorrow"),
        pytest.param("krbPrincipalExpiration", "20200316070000Z", AccountStatus.EXPIRED, id="FreeIPA: this very second"),
        pytest.param("krbPrincipalExpiration", "202003160801+0100", AccountStatus.ACTIVE, id="FreeIPA: in a minute, in Paris"),
        pytest.param("krbPrincipalExpiration", "2020031602.5-0430", AccountStatus.EXPIRED, id="FreeIPA: the hour alone, west"),
        pytest.param("supannRessourceEtat", "{COMPTE} I SupannInactif", AccountStatus.DISABLED, id="supann: C12: inactive"),
        pytest.param(
            "supannRessourceEtat", ["{MAIL}A", "{COMPTE}S"], AccountStatus.LOCKED, id="supann: suspended, among others"
        ),
        pytest.param(
            "supannRessourceEtatDate", "{COMPTE}A::20190102:20200315", AccountStatus.EXPIRED, id="supann: ended yesterday"
        ),
        pytest.param(
            "supannRessourceEtatDate", "{COMPTE}A:SupannActif::20200316", AccountStatus.ACTIVE, id="supann: ends today"
        ),
        pytest.param(
            "supannRessourceEtatDate", "{COMPTE}I:SupannInactif:20200401:", AccountStatus.ACTIVE, id="supann: from April"
        ),
        pytest.param("employeeActive", "TRUE", AccountStatus.ACTIVE, id="any attribute: true"),
        pytest.param("employeeActive", "0", AccountStatus.DISABLED, id="any attribute: 0"),
        pytest.param("employeeActive", [], AccountStatus.ACTIVE, id="any attribute: not there"),
    ],
)
def test_standing(attribute, value, standing):
    assert account_status_of(an_entry(**{attribute: value}), (attribute,), now=READ_AT) is standing


@pytest.mark.parametrize(
    ("attribute", "value", "reason"),
    [
        pytest.param("userAccountControl", "many", "userAccountControl is 'many', not a number", id="a word for a number"),
        pytest.param("accountExpires", "9" * 400, "not a number", id="a number that no server has"),
        pytest.param("shadowExpire", "1_000", "not a number", id="Python's way to write a number"),
        pytest.param("krbPrincipalExpiration", "20201399000000Z", "not a time", id="a month that is none"),
        pytest.param("supannRessourceEtat", "actif", "supannRessourceEtat is 'actif', not a SupAnn state", id="no supann"),
        pytest.param(
            "supannRessourceEtatDate", "{COMPTE}A::20201399:", "not a date of the form %Y%m%d", id="supann: no such day"
        ),
        pytest.param("nsAccountLock", "maybe", "means neither enabled nor disabled", id="neither"),
    ],
)
def test_an_unreadable_value_is_an_error_with_its_reason(attribute, value, reason):
    with pytest.raises(ValueError, match=reason):
        account_status_of(an_entry(**{attribute: value}), (attribute,), now=READ_AT)


def test_the_worst_holds():
    entry = an_entry(lockoutTime="5", accountExpires=filetime(READ_AT - DAY_S), userAccountControl="514")

    readable = ((), ("lockoutTime",), ("lockoutTime", "accountExpires"))
    assert [account_status_of(entry, names, now=READ_AT) for names in readable] == [
        AccountStatus.ACTIVE, AccountStatus.LOCKED, AccountStatus.EXPIRED,
    ]  # fmt: skip
    names = DirectoryAttributes(account_state=("lockoutTime", "userAccountControl"))
    assert agent_of(entry, names, now=READ_AT).enabled is False


@pytest.mark.parametrize(
    ("names", "states"),
    [
        pytest.param(
            DirectoryAttributes(agent_id="objectGUID", enabled="userAccountControl"),
            ("userAccountControl", "accountExpires", "lockoutTime"),
            id="Active Directory's, each once",
        ),
        pytest.param(
            DirectoryAttributes(),
            ("pwdAccountLockedTime", "shadowExpire", "nsAccountLock", "krbPrincipalExpiration", *SUPANN),
            id="those of the others",
        ),
        pytest.param(DirectoryAttributes(account_state=(), enabled="active"), ("active",), id="none but what is said"),
    ],
)
def test_account_state_attributes_are_read_by_default(names, states):
    assert states_of(names) == states


@pytest.mark.parametrize(
    ("form", "value", "standing"),
    [
        pytest.param("%d/%m/%Y", "16/03/2020", AccountStatus.ACTIVE, id="a day counts to its end"),
        pytest.param("%d/%m/%Y", "15/03/2020", AccountStatus.EXPIRED, id="yesterday"),
        pytest.param("%Y-%m-%d %H:%M", "2020-03-16 06:59", AccountStatus.EXPIRED, id="a minute ago"),
        pytest.param("generalized", "20200316065900Z", AccountStatus.EXPIRED, id="LDAP's own form"),
        pytest.param("filetime", filetime(READ_AT + 1), AccountStatus.ACTIVE, id="Microsoft's"),
        pytest.param("filetime", "0", AccountStatus.ACTIVE, id="Microsoft's never"),
        pytest.param("days", str(TODAY), AccountStatus.EXPIRED, id="days: from today"),
        pytest.param("seconds", str(int(READ_AT) + 60), AccountStatus.ACTIVE, id="seconds: in a minute"),
        pytest.param("%d/%m/%Y", [], AccountStatus.ACTIVE, id="no end"),
        pytest.param("%d/%m/%Y", ["01/01/2030", "01/01/2019"], AccountStatus.EXPIRED, id="several: the first that is over"),
    ],
)
def test_an_end_date_in_an_attribute_of_the_sites_own(form, value, standing):
    """C12: a site's own attribute could not be used for an end date."""
    assert ended(an_entry(finContrat=value), "finContrat", form, now=READ_AT) is standing


def test_an_end_date_that_is_none_rejects_the_entry_with_its_form():
    with pytest.raises(ValueError, match="finContrat is 'demain', not a date of the form %d/%m/%Y"):
        ended(an_entry(finContrat="demain"), "finContrat", "%d/%m/%Y", now=READ_AT)
