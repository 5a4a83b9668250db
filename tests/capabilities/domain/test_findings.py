"""`bascule check` asks the domain whether accounts can be read and made."""

from provisioner.capabilities.domain.findings import examine_domain
from provisioner.doctor.findings import Grade
from provisioner.reasons.reason import Reason
from tests.capabilities.domain.builders import MemoryAccounts

GOOD, CLOSED = "OU=Desktops,DC=dep,DC=example", "OU=Servers,DC=dep,DC=example"


def findings(accounts: MemoryAccounts):
    found = examine_domain(accounts, realm="DEP.EXAMPLE", containers=[GOOD, CLOSED, GOOD])
    return [(finding.code, finding.grade) for finding in found]


def test_each_container_is_asked_for_once():
    accounts = MemoryAccounts("vd-5001")
    accounts.closed = frozenset({CLOSED})

    assert findings(accounts) == [
        ("domain_counted", Grade.GOOD), ("domain_good", Grade.GOOD), ("domain_no_right", Grade.BAD),
    ]  # fmt: skip
    assert accounts.desktops == {"vd-5001"}


def test_a_domain_that_does_not_answer_is_bad():
    accounts = MemoryAccounts()
    accounts.failing = Reason("no answer")

    assert findings(accounts) == [("domain_unreachable", Grade.BAD)]
