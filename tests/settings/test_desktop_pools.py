"""The section `pools` of bascule.yaml: desktops that are no single agent's."""

import pytest

from provisioner.daemon.composition import site_config_of
from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, OutsideHours, Spare, Warmth
from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.pools import DesktopPool
from tests.builders.settings import STANDARD, a_site

SHARED = "  standard: standard.yaml\n  shared: shared.yaml\n"
HOMES = "dedicated: false\nhome_share: //files.dep.example/homes\n"


def with_pool(tmp_path, pool, *, profile=STANDARD + HOMES):
    site = a_site(tmp_path).change("  standard: standard.yaml\n", SHARED).write("shared.yaml", profile)
    return site.append(f"pools:\n  help-desk: {{{pool}}}\n")


def test_a_pool_has_a_profile_and_a_size_and_reaches_the_loop(tmp_path):
    settings = with_pool(tmp_path, "profile: shared, size: 20, spare: 5").load()

    pool = DesktopPool(name=DesktopPoolName("help-desk"), profile=ProfileName("shared"), size=20, spare=5)
    assert settings.pools == {"help-desk": pool}
    assert site_config_of(settings).desktop_pools == settings.pools
    assert settings.profiles[ProfileName("shared")].home_share == "//files.dep.example/homes"


def test_without_a_spare_all_are_kept_ready(tmp_path):
    (pool,) = with_pool(tmp_path, "profile: shared, size: 20").load().pools.values()

    assert (pool.spare, pool.warm) == (None, 20)


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        pytest.param(
            "profile: shard, size: 2",
            ["bascule.yaml:19:24 pools.help-desk.profile: unknown profile 'shard'; did you mean 'shared'?"],
            id="an unknown profile",
        ),
        pytest.param("size: 2", ["bascule.yaml:19:3 pools.help-desk.profile: is missing"], id="no profile"),
        pytest.param(
            "profile: shared, size: 2, after_person: {within_a_day: restart, overnight: rebuild}",
            ["bascule.yaml:19:14 pools.help-desk: `overnight: rebuild` needs hours: give `resets` with from and until"],
            id="overnight without hours",
        ),
        pytest.param(
            "profile: shared, size: 2, after_person: {within_day: restart, overnight: rebuild}, "
            "resets: {from: '20:00', until: '06:00'}",
            [
                "bascule.yaml:19:41 pools.help-desk.after_person.within_a_day: is missing",
                "bascule.yaml:19:56 pools.help-desk.after_person.within_day: unknown key; did you mean 'within_a_day'?",
            ],
            id="a misspelt part of the day",
        ),
        pytest.param(
            "profile: shared, size: 2, after_person: restarted",
            ["bascule.yaml:19:55 pools.help-desk.after_person: must be 'restart', 'rebuild' or 'kept'"],
            id="another word after a person",
        ),
        pytest.param(
            "profile: standard, size: 2",
            [
                "bascule.yaml:19:24 pools.help-desk.profile: profile 'standard' names no `home_share`: a desktop of a pool "
                "goes from one person to the next, and their files would stay behind in it"
            ],
            id="a profile without a home share",
        ),
        pytest.param(
            "profile: shared, size: 2, spare: 3",
            ["bascule.yaml:19:14 pools.help-desk: spare is more than size: only 2 desktops are made"],
            id="more spares than desktops",
        ),
        pytest.param(
            "profile: shared, size: 1e4", ["bascule.yaml:19:38 pools.help-desk.size: must be a whole number"], id="no number"
        ),
        pytest.param(
            "profile: shared, size: 99999", ["bascule.yaml:19:38 pools.help-desk.size: must be at most 10000"], id="x"
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(tmp_path, pool, expected):
    assert with_pool(tmp_path, pool).problems() == expected


def test_a_profile_for_pools_alone_entitles_nobody(tmp_path):
    site = with_pool(tmp_path, "profile: shared, size: 2").change("profile: standard\n    who", "profile: shared\n    who")

    assert site.problems() == [
        "bascule.yaml:16:14 entitlements[0].profile: profile 'shared' says `dedicated: false`: only a pool can use it"
    ]


CALENDAR = "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n"


def with_autoscale(tmp_path, rules, *, pool="profile: shared, size: 20"):
    (tmp_path / "calendars").mkdir(exist_ok=True)
    site = with_pool(tmp_path, f"{pool}, autoscale: {{{rules}}}")
    (site.folder / "calendars").mkdir(exist_ok=True)
    (site.folder / "calendars" / "departement.yaml").write_text(CALENDAR, encoding="utf-8")
    return site


def test_a_pool_by_plan_follows_nobody(tmp_path):
    site = with_autoscale(tmp_path, "calendar: departement", pool="profile: shared, size: 20, lend: by plan")

    assert site.problems() == [
        "bascule.yaml:19:14 pools.help-desk: with `lend: by plan` the scenario's rotation says how many desktops there are: "
        "leave out `autoscale`"
    ]


def test_a_pool_may_follow_its_people_in_shadow_at_first(tmp_path):
    (pool,) = with_autoscale(tmp_path, "calendar: departement").load().pools.values()

    assert pool.autoscale is not None
    assert (pool.autoscale.mode, pool.follows) == (AutoscaleMode.SHADOW, False)
    assert pool.autoscale.rules == AutoscaleRules(max=20)
    assert [half_day.name for half_day in pool.autoscale.calendar.half_days] == ["am", "pm"]


def test_all_its_rules_are_taken_up(tmp_path):
    rules = (
        "mode: 'on', calendar: departement, min: 3, max: 50, spare: 20 %, waits_percent: 2, reserve: 1, warm: stopped, "
        "ready_before: 30min, outside_hours: {running: 2, spare: 4}"
    )
    (pool,) = with_autoscale(tmp_path, rules).load().pools.values()

    assert pool.follows
    assert pool.autoscale.rules == AutoscaleRules(
        min=3,
        max=50,
        spare=Spare(percent=20.0),
        waits_percent=2.0,
        reserve=1,
        warm=Warmth.STOPPED,
        ready_before_s=1800.0,
        outside_hours=OutsideHours(running=2, spare=Spare(count=4)),
    )


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        pytest.param("min: 2", "pools.help-desk.autoscale.calendar: is missing", id="no calendar"),
        pytest.param("calendar: departemnt", "did you mean 'departement'?", id="an unknown calendar"),
        pytest.param("calendar: departement, spare: many", "a number of desktops such as 10, or a share", id="no spare"),
        pytest.param("calendar: departement, min: 21", "`min` of autoscale is 21, and no more than 20", id="min above max"),
        pytest.param("calendar: departement, mode: maybe", "pools.help-desk.autoscale.mode: must be", id="no mode"),
        pytest.param("calendar: departement, waits_percent: 0", "waits_percent: must be at least 0.01", id="nobody may wait"),
        pytest.param("calendar: departement, spair: 2", "did you mean 'spare'?", id="a misspelt key"),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_place(tmp_path, rules, said):
    problems = with_autoscale(tmp_path, rules).problems()

    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].startswith("bascule.yaml:19:")


def test_a_faulty_calendar_is_reported_in_its_own_file(tmp_path):
    site = with_autoscale(tmp_path, "calendar: departement")
    (site.folder / "calendars" / "departement.yaml").write_text(
        "zone: Mars\nhalf_days: {am: '08:00-12:00'}\n", encoding="utf-8"
    )

    (problem,) = site.problems()
    assert "departement.yaml:1:" in problem
