"""All problems of all files are reported at once, with problems between sections."""

import pytest

from tests.builders.settings import STANDARD, a_cluster, a_pool, a_site


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(
            a_cluster("other", first=21999),
            [
                "bascule.yaml:8:5 clusters.other.vmids: overlaps 20000 to 21999 of cluster 'melun': "
                "desktops are named by their VMIDs, so a VMID is of one cluster only"
            ],
            id="ranges that share one VMID",
        ),
        pytest.param(a_cluster("other", first=22000), [], id="ranges side by side"),
    ],
)
def test_vmid_ranges_of_two_clusters(tmp_path, more, expected):
    assert a_site(tmp_path).change("clusters:\n", f"clusters:\n{more}").problems() == expected


def test_pools_of_two_profiles_may_be_one_but_not_overlap(tmp_path):
    site = a_site(tmp_path).append(a_pool("10.0.0.9", "10.0.0.20"), name="standard.yaml")
    site.change("  standard: standard.yaml\n", "  standard: standard.yaml\n  mobile: mobile.yaml\n")

    assert site.write("mobile.yaml", STANDARD + a_pool("10.0.0.9", "10.0.0.20")).problems() == []
    assert site.write("mobile.yaml", STANDARD + a_pool("10.0.0.20", "10.0.0.30")).problems() == [
        "mobile.yaml:10:1 addressing: overlaps the pool of profile 'standard': share the whole pool, or no address"
    ]


def test_a_long_prefix_and_a_long_vmid_make_too_long_a_name(tmp_path):
    site = a_site(tmp_path).append("naming: {prefix: desktop-}\n").change("last: 21999", "last: 210000000")

    assert site.problems() == [
        "bascule.yaml:8:33 clusters.melun.vmids.last: makes names like desktop-210000000, of 17 characters: "
        "a desktop's name has at most 15"
    ]


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        pytest.param("vd-2", "differs from the prefix 'vd-' by digits alone", id="vd-2 and 1999 make what vd- and 21999 make"),
        pytest.param("cad-", None, id="another word"),
        pytest.param("vd-", None, id="the same"),
        pytest.param("Cad", "must be a letter, then at most 8 lower-case", id="valid for DNS"),
    ],
)
def test_a_profiles_names_are_of_its_own_and_never_anothers(tmp_path, prefix, said):
    problems = a_site(tmp_path).append(f"name_prefix: {prefix}\n", name="standard.yaml").problems()

    assert len(problems) == (0 if said is None else 1)
    assert said is None or said in problems[0]


def test_a_profiles_names_may_not_be_too_long_either(tmp_path):
    site = a_site(tmp_path).append("name_prefix: desktop-x\n", name="standard.yaml").change("last: 21999", "last: 2100000")

    (problem,) = site.problems()
    assert "makes names like desktop-x2100000, of 16 characters" in problem


def test_all_problems_of_all_files_come_at_once_sorted_by_place(tmp_path):
    site = a_site(tmp_path).append("scenario: surge.yaml\nbudgt: {}\nlog: {level: loud}\nstore: {url: mysql://x/y}\n")
    site.write("surge.yaml", "name: s\nwaves:\n  - {name: a, who: everyone, size: 0}\n  - {name: b, wo: everyone}\n")
    site.change("cluster: melun", "cluster: melon", name="standard.yaml").append("vcpu: 3\n", name="standard.yaml")
    site.change("profile: standard", "profile: std").change("{file: note-key}", "{file: gone}")
    site.change("{environment: MELUN_TOKEN}", "{environment: NO}")

    assert site.problems() == [
        "bascule.yaml:2:1 note_key: cannot read gone: No such file or directory",
        "bascule.yaml:7:5 clusters.melun.token_secret: environment variable NO is not set",
        "bascule.yaml:15:14 entitlements[0].profile: unknown profile 'std'; known here: standard",
        "bascule.yaml:18:1 budgt: unknown key; did you mean 'budget'?",
        "bascule.yaml:19:14 log.level: must be 'debug', 'info', 'warning' or 'error'",
        "bascule.yaml:20:14 store.url: must be sqlite:///file or postgresql+psycopg://user@host/database",
        "standard.yaml:3:14 templates[0].cluster: unknown cluster 'melon'; did you mean 'melun'?",
        "standard.yaml:10:1 vcpu: unknown key; did you mean 'vcpus'?",
        "surge.yaml:3:36 waves[0].size: must be at least 1",
        "surge.yaml:4:5 waves[1].who: is missing",
        "surge.yaml:4:15 waves[1].wo: unknown key; did you mean 'who'?",
    ]


def test_an_invalid_entry_neither_hides_the_next_nor_moves_its_place(tmp_path):
    site = a_site(tmp_path).append("  - {profile: standard, who: 3}\n  - {profile: nobody, who: everyone}\n")
    site.change("who: everyone\n  - {profile: standard", "who: {sites: [Melun]}\n  - {profile: standard")

    assert site.problems() == [
        "bascule.yaml:17:30 entitlements[1].who: must be a mapping of keys to values",
        "bascule.yaml:18:15 entitlements[2].profile: unknown profile 'nobody'; known here: standard",
    ]


def test_a_cluster_that_is_wrong_is_still_a_known_name(tmp_path):
    assert a_site(tmp_path).change("first: 20000", "first: x").problems() == [
        "bascule.yaml:8:20 clusters.melun.vmids.first: must be a whole number"
    ]
