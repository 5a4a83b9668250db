"""The section `notices`: off by default, each problem at its place, and no secret shown."""

import pytest

from provisioner.capabilities.notices.model import NoticeKind, NoticeRules
from provisioner.capabilities.notices.settings import NOTICES
from tests.builders.settings import SECRET, a_site

GOOD = """\
notices:
  link: https://bureaux.dep.example/
  tell: [ready]
  settle: 5min
  mail: {server: smtp.dep.example, user: bascule, password: {file: mail-password}, sender: bascule@dep.example, timeout: 9s}
"""


def a_site_with(folder, text: str):
    return a_site(folder).write("mail-password", SECRET).append(text)


def test_nobody_is_told_unless_it_is_configured(tmp_path):
    assert a_site(tmp_path).load().sections[NOTICES] is None


def test_what_is_told_and_how(tmp_path):
    notices = a_site_with(tmp_path, GOOD).load().sections[NOTICES]

    assert notices is not None
    assert notices.rules == NoticeRules(tell=(NoticeKind.READY,), settle_s=300.0)
    assert notices.mail is not None
    assert (notices.mail.port, notices.mail.tls, notices.mail.timeout_s) == (587, "starttls", 9.0)
    assert notices.mail.password is not None
    assert notices.mail.password.reveal() == SECRET
    assert SECRET not in repr(notices)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("mail:", "webhook: {url: 'http://a'} #", "must begin with https://", id="a webhook in the clear"),
        pytest.param("sender: bascule@dep.example", "sender: bascule", "must be a mail address", id="no address"),
        pytest.param("user: bascule, ", "", "user and password go together", id="a password without a user"),
        pytest.param("user: bascule", "tls: none, user: bascule", "in the clear", id="a password in the clear"),
        pytest.param("https://bureaux.dep.example/", "javascript:alert(1)", "must be a link", id="no link"),
        pytest.param("  mail:", "  #", "needs mail, webhook, or both", id="no channel"),
        pytest.param("[ready]", "[gone]", "ready", id="a kind that there is not"),
        pytest.param("tell: [ready]", "per_minute: 0", "per_minute", id="no letter at all"),
    ],
)
def test_each_problem_is_named(tmp_path, old, new, said):
    (problem,) = a_site_with(tmp_path, GOOD.replace(old, new)).problems()

    assert said in problem
    assert SECRET not in problem
