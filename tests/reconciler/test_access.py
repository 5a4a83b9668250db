"""G8: who may log on to a desktop is asked again: an agent's new login comes into the desktop, and the earlier one goes out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.daemon.first_boot_files import access_of
from provisioner.daemon.push_desk import _CHECKS
from provisioner.model.ids import Vmid
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.machines.first_boot import AccountKind, FirstBootGrant, FirstBootRules
from provisioner.model.machines.guest_bounds import RATES, Flow
from provisioner.model.people.agents import Agent
from provisioner.model.site_config import SiteConfig
from provisioner.model.words import FirstBootWord
from provisioner.receiver.handover import ACCESS_PATH, ASK_PATH
from provisioner.sessions.push import Push, signature_of
from provisioner.sessions.questions import ASKS_ACCESS, FIRST_BOOT, access_signature, allowed_in, answer_signature
from tests.builders.core import a_config, a_roster, an_agent
from tests.builders.pools import pool_desktops, with_desk
from tests.builders.reconciler import Cluster, Site
from tests.reconciler.test_lending import lend
from tests.reconciler.test_pools import calm
from tests.reconciler.test_reassignments import left_by_one, obeyed, thawed

SECRET, VMID = "5e" * 32, 5001
HASH = "$y$j9T$abcdefgh$0123456789"
RULES = FirstBootRules(account=AccountKind.LOCAL, home="files:/homes/{login}", timezone="Europe/Paris", locale="fr_FR.UTF-8")


class Speaking(Cluster):
    """Whose desktops have a secret, and have read it out."""

    def report(self, vmid: int, at: float) -> GuestReport:
        up_us = int((at - self.booted[vmid]) * 1e6)
        return replace(super().report(vmid, at), boot_id=f"boot-{vmid}", push_secret=SECRET, sequence=up_us)


def with_rules(config: SiteConfig, rules: FirstBootRules = RULES) -> SiteConfig:
    return replace(config, profiles={name: replace(profile, first_boot=rules) for name, profile in config.profiles.items()})


def a_site(config: SiteConfig | None = None, *, agents: int = 1, rules: FirstBootRules = RULES) -> Site:
    site = Site(agents=agents, clusters=[Speaking()], config=with_rules(config or a_config(), rules))
    site.come_to_rest()
    return site


def question(site: Site, vmid: int = VMID, *, secret: str = SECRET, later_s: float = 0.0, **members: object) -> Push:
    up_us = int((site.clock.at + later_s - site.cluster.booted[vmid]) * 1e6)
    body = json.dumps({"asks": ASKS_ACCESS, "nonce": f"{up_us:032x}"} | (members or {"allowed": "login0001"}))
    push = Push(vmid=Vmid(vmid), boot_id=f"boot-{vmid}", sequence=up_us, signature="", body=body)
    return replace(push, signature=signature_of(secret, push))


def asked(site: Site, push: Push) -> dict[str, str] | FirstBootWord:
    """What the desktop is answered; or why it is not."""
    answer = site.reconciler.first_boot(push, site.clock.at)
    return access_of(answer, allowed_in(push)) if isinstance(answer, FirstBootGrant) else answer


def read(site: Site, *agents: Agent) -> None:
    """The directory has these people now."""
    site.roster = replace(a_roster(agents), read_at=site.clock.at)
    site.reconciler.read_directory(in_full=True)
    site.settle(cycles=2)


def test_g8_a_new_login_is_the_answer_once_and_then_nothing_is_to_do():
    site = a_site()
    assert asked(site, question(site)) == {}

    read(site, an_agent(1, login="jmartin"))

    assert asked(site, question(site)) == {"login": "jmartin", "account": "local", "home": "files:/homes/jmartin"}
    assert asked(site, question(site, allowed="jmartin")) == {}


def test_g8_a_leavers_desktop_lets_nobody_in_once_somebody_else_has_the_login():
    """It kept its last login: a newcomer who was given that got into the leaver's desktop, with all that is in it."""
    site = a_site(agents=2)
    read(site, an_agent(2))
    assert asked(site, question(site)) == {}

    read(site, an_agent(2), an_agent(3, login="Login0001"))

    assert asked(site, question(site)) == {"allow": "nobody"}
    assert asked(site, question(site, allowed="")) == {}
    data = site.reconciler.first_boot(question(site, asks=FIRST_BOOT), site.clock.at)
    assert isinstance(data, FirstBootGrant)
    assert data.login == ""


def test_g8_a_desktop_that_was_given_to_somebody_else_lets_them_in():
    site = left_by_one(clusters=[Speaking()], config=with_rules(a_config()))
    assert asked(site, question(site, 5002, allowed="login0002")) == {}

    assert obeyed(site) == ""
    thawed(site).settle(cycles=2)

    answer = asked(site, question(site, 5002, allowed="login0002"))
    assert isinstance(answer, dict)
    assert answer["login"] == "login0009"


def test_g8_while_its_agent_is_not_known_it_gets_no_answer_and_keeps_what_it_has():
    site = a_site()
    site.restart()

    assert asked(site, question(site)) is FirstBootWord.NOT_READY


def test_g8_a_one_time_password_goes_along_with_a_new_login_alone(tmp_path: Path):
    (tmp_path / "hashes").write_text(f"login0001:{HASH}\njmartin:{HASH}\n")
    rules = FirstBootRules(account=AccountKind.ONE_TIME, password_hashes=tmp_path / "hashes")
    site = a_site(rules=rules)
    assert asked(site, question(site)) == {}

    read(site, an_agent(1, login="jmartin"))

    assert asked(site, question(site)) == {"login": "jmartin", "account": "one_time", "password_hash": HASH}


@pytest.mark.parametrize("is_lent", [False, True])
def test_g8_a_pools_desktop_is_told_nobody_not_even_whom_it_is_lent_to(is_lent: bool):
    site = a_site(with_desk(size=1))
    vmid = pool_desktops(site)[0].reservation.vmid
    if is_lent:
        lend(site)
        calm(site)

    push = question(site, vmid, allowed="")
    answer = site.reconciler.first_boot(push, site.clock.at)

    assert isinstance(answer, FirstBootGrant)
    assert (answer.login, asked(site, push)) == ("", {})


def test_g8_a_question_with_another_secret_is_forged():
    site = a_site()

    assert asked(site, question(site, secret="ab" * 32)) is FirstBootWord.FORGED


def test_g8_it_is_bounded_and_counted_as_the_other_questions():
    site = a_site()
    most = int(RATES[Flow.QUESTION].at_once)

    for number in range(most):
        other = {"asks": FIRST_BOOT} if number % 2 else {"allowed": "login0001"}
        assert isinstance(site.reconciler.first_boot(question(site, **other), site.clock.at), FirstBootGrant)

    assert asked(site, question(site)) is FirstBootWord.CUT
    figures = site.reconciler.sessions.figures(site.clock.at)
    assert (figures.cut[Flow.QUESTION], figures.first_boots[FirstBootWord.GIVEN]) == (1, most)


def test_g8_an_answer_to_another_question_is_none_to_this():
    """Neither one of first-boot data, which has more in it, nor an earlier one."""
    site = a_site()
    push, later, data = question(site), question(site, later_s=1.0), question(site, asks=FIRST_BOOT)

    signatures = {access_signature(SECRET, each, body="{}") for each in (push, later)}

    assert len({*signatures, answer_signature(SECRET, data, FIRST_BOOT, body="{}")}) == 3
    for path, other in ((ACCESS_PATH, data), (ASK_PATH, push)):
        with pytest.raises(ValueError, match="it is not a question about"):
            _CHECKS[path](other)


@pytest.mark.parametrize("allowed", [None, 1, ["login0001"], "x" * 257])
def test_g8_what_is_no_login_is_no_question(allowed: object):
    with pytest.raises(ValueError, match="whom it lets in is not a login"):
        allowed_in(question(a_site(), allowed=allowed))
