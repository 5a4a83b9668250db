"""What is to stand in a zone against what stands there: only our own names are ever changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.capabilities.zones.decide import difference
from provisioner.capabilities.zones.model import ChangeKind, Held, RecordKind, ZoneRecord
from provisioner.model.ids import DesktopName
from provisioner.model.machines.owner_text import owner_text
from tests.capabilities.zones.builders import FORWARD, MemoryZone


def a_record(number: int, address: str = "") -> ZoneRecord:
    value = address or f"10.20.0.{number}"
    return ZoneRecord(name=f"vd-{number}.{FORWARD}", kind=RecordKind.A, value=value, desktop=DesktopName(f"vd-{number}"))


def ours(
    number: int, address: str = "", *, installation: str = "seine", more: frozenset[tuple[str, str]] = frozenset()
) -> Held:
    text = owner_text(installation, DesktopName(f"vd-{number}"))
    return Held(values=frozenset({("A", address or f"10.20.0.{number}")}) | more, texts=frozenset({text}))


NAME = f"vd-1.{FORWARD}"
OTHERS = Held(values=frozenset({("A", "192.0.2.1")}))


def compare(wanted, held, *, may_go=lambda name: True):
    return difference({record.name: record for record in wanted}, held, installation="seine", may_go=may_go)


@pytest.mark.parametrize(
    ("wanted", "there", "kinds", "foreign"),
    [
        pytest.param(True, None, [ChangeKind.ADD], 0, id="a free name is taken"),
        pytest.param(True, ours(1), [], 0, id="what stands as wanted stays"),
        pytest.param(True, ours(1, "10.20.9.9"), [ChangeKind.REPLACE], 0, id="another address is put right"),
        pytest.param(True, ours(2, "10.20.0.1"), [ChangeKind.REPLACE], 0, id="an earlier desktop's name gets its new owner"),
        pytest.param(True, ours(1, more=frozenset({("SSHFP", "1 2 ab")})), [], 0, id="other kinds of record stay"),
        pytest.param(True, OTHERS, [], 1, id="a name of others is reported"),
        pytest.param(True, ours(1, installation="marne"), [], 1, id="so is another installation's"),
        pytest.param(
            True, Held(texts=ours(1).texts | {"more"}), [], 1, id="and a name with a second text, which we did not write"
        ),
        pytest.param(False, ours(1), [ChangeKind.REMOVE], 0, id="what is not wanted any more goes"),
        pytest.param(False, OTHERS, [], 0, id="what was never ours stays"),
        pytest.param(False, ours(1, installation="marne"), [], 0, id="another installation's stays"),
    ],
)
def test_one_name(wanted, there, kinds, foreign):
    found = compare([a_record(1)] if wanted else [], {} if there is None else {NAME: there})

    assert [change.kind for change in found.changes] == kinds
    assert len(found.foreign) == foreign


def test_what_may_not_go_yet_is_only_remembered():
    found = compare([], {NAME: ours(1)}, may_go=lambda name: False)

    assert (found.changes, found.gone) == ((), {NAME})


_HELD = st.sampled_from([None, ours(1), ours(2), ours(1, installation="marne"), OTHERS, Held(texts=frozenset({"spf"}))])


@pytest.mark.long
@given(st.lists(st.sampled_from(range(1, 6)), unique=True), st.lists(_HELD, min_size=6, max_size=6))
def test_after_the_changes_nothing_is_left_to_do_and_others_have_what_they_had(numbers, there):
    zone = MemoryZone(content={f"vd-{n}.{FORWARD}": held for n, held in enumerate(there) if held is not None})
    before = dict(zone.content)
    wanted = [a_record(number) for number in numbers]

    assert list(zone.apply(compare(wanted, zone.read()).changes)) == []

    assert compare(wanted, zone.read()).changes == ()
    for name, held in before.items():
        if not any(text.startswith("bascule installation=seine ") for text in held.texts):
            assert zone.content[name] == held
