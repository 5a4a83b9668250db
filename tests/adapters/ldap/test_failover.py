"""Which server is asked first."""

from provisioner.adapters.ldap.connection import Failover

NOW = 1_000.0


def after_a_failure() -> Failover:
    servers = Failover(("a", "b", "c"), dead_for_s=60.0)
    servers.failed("a", NOW, "a: no answer")
    return servers


def test_the_configured_order():
    assert Failover(("b", "a"), dead_for_s=60.0).order(NOW) == ("b", "a")


def test_one_that_failed_comes_last_for_a_while():
    assert [after_a_failure().order(NOW + after) for after in (0, 59.9, 60)] == [("b", "c", "a")] * 2 + [("a", "b", "c")]


def test_failed_servers_are_still_asked_when_all_have_failed():
    servers = after_a_failure()
    servers.failed("c", NOW, "c: no answer")
    servers.failed("b", NOW + 1, "b: no answer")

    assert servers.order(NOW + 2) == ("a", "b", "c")


def test_one_that_answers_again_is_asked_in_its_turn():
    servers = after_a_failure()
    servers.answered("a")

    assert servers.order(NOW) == ("a", "b", "c")


def test_why_each_failed_is_kept_until_it_answers():
    """C5: a server that is skipped is reported."""
    servers = after_a_failure()
    servers.failed("c", NOW, "c: cut")
    servers.failed("c", NOW + 1, "c: no answer")

    assert servers.failing == ("a: no answer", "c: no answer")
    servers.answered("a")
    assert servers.failing == ("c: no answer",)
