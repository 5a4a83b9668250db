"""The section `pools` of bascule.yaml: desktops that are no single agent's."""

import pytest

from provisioner.daemon.composition import site_config_of
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
