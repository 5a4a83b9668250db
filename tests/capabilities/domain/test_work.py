"""Computer accounts: one for each desktop that asks, none for a desktop that is no more, and nothing in haste."""

from dataclasses import replace

import pytest

from provisioner.capabilities.domain.joining import Joining
from provisioner.capabilities.domain.model import DomainRules
from provisioner.capabilities.domain.work import ComputerWorker
from provisioner.errors import DirectoryError
from provisioner.model.ids import DesktopName
from provisioner.model.machines.first_boot import FirstBootGrant, FirstBootRules
from provisioner.reasons.reason import NONE, Reason
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.monitors import SetClock
from tests.builders.views import a_publication
from tests.capabilities.domain.builders import MemoryAccounts

OU = "OU=Desktops,DC=dep,DC=example"
RULES = DomainRules(remove_after_s=600.0)
DOWN = Reason("no answer")


def a_status(*numbers: int):
    return a_publication(*(a_desktop(number) for number in numbers)).status


def a_grant(name: str = "vd-5001", computer_ou: str = OU) -> FirstBootGrant:
    return FirstBootGrant(desktop=DesktopName(name), secret="", login="jdupont", rules=FirstBootRules(computer_ou=computer_ou))


class Domain:
    """Accounts, the worker over them, and its clock."""

    def __init__(self, *desktops: str, rules: DomainRules = RULES) -> None:
        self.accounts, self.clock, self.frozen = MemoryAccounts(*desktops), SetClock(NOW), False
        self.notices: list[tuple[str, str]] = []
        joining = Joining(self.accounts, zone="vd.dep.example", may_write=lambda: not rules.dry_run and not self.frozen)
        self.worker = ComputerWorker(
            self.accounts,
            rules,
            joining,
            realm="DEP.EXAMPLE",
            clock=self.clock,
            frozen=lambda: self.frozen,
            notice=lambda subject, text: self.notices.append((subject, text)),
        )
        self.join = joining.join

    def after(self, passed_s: float, *numbers: int, accepted: bool = True):
        self.clock.at = NOW + passed_s
        return self.worker.once(replace(a_status(*numbers), baseline_accepted=accepted))


def test_a_desktop_that_asks_gets_an_account_of_its_own():
    domain = Domain()
    join = domain.join(a_grant())

    assert join is not None
    assert (join.computer, join.host_name) == ("VD-5001", "vd-5001.vd.dep.example")
    assert domain.accounts.asked[0].computer_ou == OU
    assert domain.accounts.desktops == {"vd-5001"}
    assert join.password not in repr(join)


def test_without_a_container_nothing_is_made():
    domain = Domain()

    assert domain.join(a_grant(computer_ou="")) is None
    assert not domain.accounts.asked


def test_if_it_asks_again_the_first_password_is_no_good_any_more():
    domain = Domain()
    first, second = domain.join(a_grant()), domain.join(a_grant())

    assert first is not None
    assert second is not None
    assert first.password != second.password
    assert len(domain.accounts.held) == 1


def test_a_desktop_that_gets_none_is_named_until_it_gets_its_account():
    domain = Domain()
    domain.worker.offer(a_status(1))
    domain.accounts.failing = DOWN
    with pytest.raises(DirectoryError):
        domain.join(a_grant())

    assert domain.worker.now().not_made == (("vd-5001", DOWN),)
    domain.accounts.failing = NONE
    domain.join(a_grant())
    assert domain.worker.now().not_made == ()


def test_a_desktop_that_is_no_more_waits_for_no_account():
    domain = Domain()
    domain.worker.offer(a_status(1))
    domain.accounts.failing = DOWN
    with pytest.raises(DirectoryError):
        domain.join(a_grant())
    domain.worker.offer(a_status(2))

    assert domain.worker.now().not_made == ()


@pytest.mark.parametrize("rules", [RULES, replace(RULES, dry_run=True)])
def test_under_a_freeze_and_in_a_dry_run_no_account_is_made_or_removed(rules):
    domain = Domain("vd-5001", "vd-5002", rules=rules)
    domain.frozen = not rules.dry_run
    with pytest.raises(DirectoryError, match="nothing is written now"):
        domain.join(a_grant())
    for passed_s in (0, 10_000):
        state = domain.after(passed_s, 1)

    assert domain.accounts.desktops == {"vd-5001", "vd-5002"}
    assert (state.accounts, state.gone, state.dry_run) == (2, 1, rules.dry_run)


def test_a_deleted_desktops_account_goes_only_after_a_while():
    domain = Domain("vd-5001", "vd-5002")
    counts = []
    for passed_s in (0, 599, 601):
        state = domain.after(passed_s, 1)
        counts.append((state.accounts, state.gone))

    assert counts == [(2, 1), (2, 1), (1, 0)]
    assert domain.accounts.desktops == {"vd-5001"}


def test_a_clock_that_is_set_back_keeps_a_deleted_desktops_account_no_longer():
    domain = Domain("vd-5001")
    for passed_s in (3600, 0, 601):
        domain.after(passed_s)

    assert domain.accounts.desktops == set()


def test_a_desktop_that_comes_back_meanwhile_keeps_its_account():
    domain = Domain("vd-5001")
    domain.after(0)
    domain.after(500, 1)
    domain.after(700)
    domain.after(1200)

    assert domain.accounts.desktops == {"vd-5001"}


def test_an_account_that_was_made_anew_meanwhile_counts_anew():
    domain = Domain("vd-5001")
    domain.after(0)
    domain.join(a_grant())
    domain.after(601)

    assert domain.accounts.desktops == {"vd-5001"}


def test_with_a_rebuilt_store_nothing_is_removed_before_an_operator_has_accepted_it():
    domain = Domain("vd-5001")
    for passed_s in (0, 10_000):
        domain.after(passed_s, accepted=False)

    assert domain.accounts.desktops == {"vd-5001"}


def test_a_domain_that_fails_is_told_once_and_what_was_read_stays():
    domain = Domain("vd-5001")
    domain.after(0, 1)
    domain.accounts.failing = DOWN
    for passed_s in (10, 20):
        state = domain.after(passed_s, 1)

    assert (state.failing, state.accounts, state.read_at) == (DOWN, 1, NOW)
    domain.accounts.failing = NONE
    assert domain.after(30, 1).failing == NONE
    assert domain.notices == [
        ("domain DEP.EXAMPLE", "accounts are not kept up: no answer"),
        ("domain DEP.EXAMPLE", "accounts are kept up again"),
    ]
