"""`bascule check` finds the mistakes that leave people without a desktop, each with its severity and its fix."""

from dataclasses import replace

import pytest

from provisioner.daemon.doctor.findings import Grade
from provisioner.model.ids import ProfileName
from provisioner.model.profiles import Addressing, Entitlement, Selection
from provisioner.model.twin_spec import NodeSpec, StorageSpec
from tests.builders.checkup import Checkup, a_surge, a_wave, alarms
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import a_spec

SITE = Checkup(spec=a_spec(nodes=3))
STANDARD = ProfileName("standard")
PEOPLE = [an_agent(number, groups=frozenset({"office" if number % 2 else "field"}), site="Melun") for number in range(1, 41)]


def entitled(*whos: Selection) -> tuple[Entitlement, ...]:
    return tuple(Entitlement(profile=STANDARD, who=who) for who in whos)


def groups(*names: str, **others: frozenset[str]) -> Selection:
    return Selection(groups=frozenset(names), **others)


def small(**changed: object) -> Checkup:
    """The site with less of something."""
    return SITE.but(spec=replace(SITE.spec, **changed))  # type: ignore[arg-type]


def found(site: Checkup, code: str, grade: Grade, fix: str, folder) -> None:
    """The site has this alarm, with this severity and a fix that says so."""
    there = alarms(site.findings(folder))
    assert code in there, list(there)
    assert (there[code].grade, fix in there[code].fix) == (grade, True), there[code]


BAD, DOUBTFUL = Grade.BAD, Grade.DOUBTFUL


def test_the_site_without_a_mistake_is_sound(tmp_path):
    assert not alarms(SITE.findings(tmp_path))
    assert not alarms(SITE.but(agents=PEOPLE).findings(tmp_path))


@pytest.mark.parametrize(
    ("site", "code", "grade", "fix"),
    [
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"))),
            "nobody_entitled",
            BAD,
            "correct entitlements",
            id="nobody is entitled",
        ),
        pytest.param(SITE.but(agents=0), "no_agents", BAD, "directory.base", id="the directory is empty"),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"), groups("field"))),
            "no_agent_of_group",
            BAD,
            "did you mean 'office'?",
            id="an entitlement matches nobody, and people get none",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"), Selection())),
            "no_agent_of_group",
            DOUBTFUL,
            "did you mean 'office'?",
            id="an entitlement matches nobody, and the next gives everybody a desktop",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, scenario=a_surge(a_wave("a", who=groups("office")), a_wave("b", who=groups("feld")))),
            "no_agent_of_group",
            BAD,
            "did you mean 'field'?",
            id="a wave matches nobody",
        ),
        pytest.param(
            SITE.but(
                agents=[*PEOPLE, an_agent(99, site="Paris")],
                entitlements=entitled(groups("office", sites=frozenset({"Paris"})), groups("office", "field")),
            ),
            "selects_nobody",
            BAD,
            "each has to match",
            id="each value is there, but never together",
        ),
        pytest.param(
            SITE.but(
                agents=PEOPLE, scenario=a_surge(a_wave("a", who=groups("office", "field")), a_wave("b", who=groups("field")))
            ),
            "wave_swallowed",
            DOUBTFUL,
            "put it before them",
            id="a wave swallows the following one",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("office", "field"), groups("field"))),
            "entitlement_swallowed",
            DOUBTFUL,
            "put it before them",
            id="an entitlement swallows the following one",
        ),
        pytest.param(
            SITE.but(
                agents=PEOPLE,
                entitlements=entitled(groups("office")),
                scenario=a_surge(a_wave("a", who=groups("office")), a_wave("b", who=groups("field"))),
            ),
            "wave_not_entitled",
            BAD,
            "add them to entitlements",
            id="nobody of a wave is entitled",
        ),
        pytest.param(
            SITE.but(profiles=(replace(a_profile_on(SITE.spec), name=ProfileName("spare")),)),
            "profile_unused",
            DOUBTFUL,
            "add an entitlement",
            id="a profile that nobody gets",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(starts_at=NOW - 90_000)),
            "starts_past",
            DOUBTFUL,
            "set starts_at to the coming night",
            id="it starts in the past",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(starts_at=NOW + 400 * 86_400)),
            "starts_far",
            DOUBTFUL,
            "check the year",
            id="it starts in another year",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(a_wave(size=10))),
            "batches_at_once",
            DOUBTFUL,
            "give the wave an interval",
            id="batches without an interval",
        ),
    ],
)
def test_whom_it_is_for_and_when(site, code, grade, fix, tmp_path):
    found(site, code, grade, fix, tmp_path)


@pytest.mark.parametrize(
    ("site", "fix"),
    [
        pytest.param(SITE.but(vmids=(20_000, 20_029)), "more vmids", id="too few VMIDs"),
        pytest.param(
            SITE.but(
                profile={
                    "addressing": Addressing(network="10.40.0.0/24", gateway="10.40.0.1", first="10.40.0.10", last="10.40.0.39")
                }
            ),
            "more addresses",
            id="too few addresses",
        ),
        pytest.param(
            small(nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=65_536) for number in (1, 2, 3))),
            "more memory",
            id="too little memory",
        ),
        pytest.param(
            small(nodes=tuple(NodeSpec(name=f"pve{number}", cores=4) for number in (1, 2, 3))), "more cores", id="too few cores"
        ),
        pytest.param(
            small(storages=(StorageSpec(storage="thin", shared=False, size_gib=200),)), "more storage", id="too little storage"
        ),
        pytest.param(SITE.but(profile={"disk_gib": 900}), "more storage", id="desktops of 900 GiB"),
        pytest.param(SITE.but(profile={"disk_gib": 90_000}), "more storage", id="not a single desktop fits"),
        pytest.param(
            small(
                nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=5_000) for number in (1, 2, 3)),
                storages=(StorageSpec(storage="thin", shared=False, size_gib=10),),
            ),
            "several resources",
            id="not a single desktop fits, for two reasons at once",
        ),
    ],
)
def test_too_little_of_something(site, fix, tmp_path):
    """E8: of 900 GiB each, `check` said nothing where no other resource alone would have helped."""
    found(site, "room_short_of", BAD, fix, tmp_path)
