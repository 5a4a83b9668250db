"""Which reasons are alike, so that people with 1,700 desktops read a few lines."""

from provisioner.reasons.grouping import Group, grouped, list_some, sort_of
from provisioner.reasons.reason import as_reason
from provisioner.reasons.steps import BOOTS, GAVE_UP, RETRY


def test_the_names_in_a_reason_make_no_sort_of_their_own():
    reasons = [BOOTS(node="n1", limit=3), BOOTS(node="n2", limit=4), BOOTS(node="n2", limit=4)]

    assert list(grouped(reasons)) == [Group(3, BOOTS(node="n2", limit=4), 2)]


def test_reasons_are_alike_when_their_nested_reasons_are():
    full = [RETRY(why=as_reason(f"clone vd-{n} on n{n % 4}: no space left"), tries=n % 5) for n in range(1700)]
    locked = [RETRY(why=as_reason(f"clone vd-{n} on n{n % 4}: got timeout"), tries=1) for n in range(3)]
    lost = GAVE_UP(tries=5, why=full[0])

    assert [(group.times, group.texts > 1) for group in grouped([*locked, lost, *full])] == [
        (1700, True),
        (3, True),
        (1, False),
    ]


def test_somebody_else_s_words_are_alike_but_for_numbers():
    assert sort_of("vd-5001: 500 got no worker") == sort_of(as_reason("vd-5002: 500 got no worker"))
    assert sort_of("vd-5001: 500 got no worker") != sort_of("vd-5001: no quorum")


def test_of_many_names_the_first_are_shown_and_the_rest_counted():
    assert [list_some(names, 2) for names in ("a", "ab", "abc")] == ["a", "a, b", "a, b and 1 more"]
