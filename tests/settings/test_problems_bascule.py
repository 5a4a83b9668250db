"""A single problem in bascule.yaml: its place, and a message that says what to do."""

import pytest

from tests.builders.settings import SECRET, a_site

NOT_READ = "is not read: add 'title' to directory.attributes.extra in bascule.yaml"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "installation:",
            "instalation:",
            [
                "bascule.yaml:1:1 installation: is missing",
                "bascule.yaml:1:1 instalation: unknown key; did you mean 'installation'?",
            ],
            id="a misspelt required key is both unknown and missing",
        ),
        pytest.param(
            "installation: seine",
            "installation: Seine Nord",
            ["bascule.yaml:1:15 installation: must be at most 31 lower-case letters, digits and hyphens, a hyphen not first"],
            id="a name that Proxmox VE takes for no tag",
        ),
        pytest.param(
            "installation: seine",
            "installation: 77",
            ["bascule.yaml:1:15 installation: must be text: put it in quotes"],
            id="a number where text is due",
        ),
        pytest.param(
            "installation: seine", "installation:", ["bascule.yaml:1:1 installation: is empty"], id="a key left empty"
        ),
        pytest.param(
            "directory:\n",
            "directory:\n  pagesize: 636\n",
            ["bascule.yaml:10:3 directory.pagesize: unknown key; did you mean 'page_size'?"],
            id="a misspelt key deeper down",
        ),
        pytest.param(
            "{file: note-key}",
            "{path: note-key}",
            ["bascule.yaml:2:12 note_key.path: unknown key; known here: environment, file"],
            id="a key like no other: all known ones are named",
        ),
        pytest.param(
            "first: 20000",
            "first: twenty",
            ["bascule.yaml:8:20 clusters.melun.vmids.first: must be a whole number"],
            id="a word for a number",
        ),
        pytest.param(
            "first: 20000",
            "first: 99",
            ["bascule.yaml:8:20 clusters.melun.vmids.first: must be at least 100"],
            id="a VMID below Proxmox VE's",
        ),
        pytest.param(
            "first: 20000",
            "first: 30000",
            ["bascule.yaml:8:12 clusters.melun.vmids: last comes before first"],
            id="a range that ends before it begins",
        ),
        pytest.param("first: 20000, ", "", ["bascule.yaml:8:5 clusters.melun.vmids.first: is missing"], id="half a range"),
        pytest.param(
            "[https://pve1.example.org]",
            "https://pve1.example.org",
            ["bascule.yaml:5:16 clusters.melun.endpoints: must be a list"],
            id="one address is a list too",
        ),
        pytest.param(
            "https://pve1",
            "http://pve1",
            ["bascule.yaml:5:17 clusters.melun.endpoints[0]: must be an address such as https://pve1.example.org:8006"],
            id="no cluster without TLS",
        ),
        pytest.param(
            "https://pve1",
            f"https://root:{SECRET}@pve1",
            ["bascule.yaml:5:17 clusters.melun.endpoints[0]: must hold neither user nor password"],
            id="a password in an address is refused, not shown",
        ),
        pytest.param(
            "{environment: MELUN_TOKEN}",
            SECRET,
            ["bascule.yaml:7:19 clusters.melun.token_secret: must be a mapping of keys to values"],
            id="a secret in the file is refused, not shown",
        ),
        pytest.param(
            "{environment: MELUN_TOKEN}",
            "{environment: MELUN_TOKEN, file: note-key}",
            ["bascule.yaml:7:19 clusters.melun.token_secret: give either file: or environment:"],
            id="two sources of one secret",
        ),
        pytest.param(
            "{environment: MELUN_TOKEN}",
            "{environment: TORCY_TOKEN}",
            ["bascule.yaml:7:5 clusters.melun.token_secret: environment variable TORCY_TOKEN is not set"],
            id="a secret missing in the environment",
        ),
        pytest.param(
            "{file: note-key}",
            "{file: gone}",
            ["bascule.yaml:2:1 note_key: cannot read gone: No such file or directory"],
            id="a secret file that is not there",
        ),
        pytest.param(
            "bascule@pve!daemon",
            "bascule@pve",
            ["bascule.yaml:6:15 clusters.melun.token_id: must look like bascule@pve!daemon"],
            id="a user where a token is due",
        ),
        pytest.param(
            "    vmids:",
            "    pool: my desks\n    vmids:",
            [
                "bascule.yaml:8:11 clusters.melun.pool: must be the id of a Proxmox VE pool: letters, digits, dots, hyphens, "
                "underscores; at most two slashes"
            ],
            id="A5: a pool that Proxmox VE would not take",
        ),
        pytest.param(
            "ldaps://directory",
            "ldap://directory",
            ["bascule.yaml:10:10 directory.urls[0]: must start with ldaps:// where tls is ldaps"],
            id="an address in clear",
        ),
        pytest.param(
            "  base:",
            "  tls: none\n  base:",
            [
                "bascule.yaml:10:3 directory: `tls: none` and `insecure: true` go together: "
                "the password then crosses the network in clear"
            ],
            id="no TLS without saying so twice",
        ),
        pytest.param(
            "  base:",
            "  tls: ssl\n  base:",
            ["bascule.yaml:11:8 directory.tls: must be 'ldaps', 'starttls' or 'none'"],
            id="a word that is none of the three",
        ),
        pytest.param(
            "  base:",
            "  bind_dn: cn=x\n  base:",
            ["bascule.yaml:10:3 directory: give both bind_dn: and password:, or neither to read anonymously"],
            id="an account without a password",
        ),
        pytest.param(
            "  base:",
            "  ca_file: gone.pem\n  base:",
            ["bascule.yaml:11:12 directory.ca_file: cannot read gone.pem: No such file or directory"],
            id="a CA that is not there",
        ),
        pytest.param(
            "profile: standard",
            "profile: standart",
            ["bascule.yaml:15:14 entitlements[0].profile: unknown profile 'standart'; did you mean 'standard'?"],
            id="an entitlement to an unknown profile",
        ),
        pytest.param(
            "who: everyone",
            "who: all",
            ["bascule.yaml:16:10 entitlements[0].who: must be everyone, or criteria such as `groups: [crisis-cell]`"],
            id="an unknown word for everyone",
        ),
        pytest.param(
            "who: everyone",
            "who:",
            ["bascule.yaml:16:5 entitlements[0].who: is empty: must be a mapping of keys to values"],
            id="nothing said is never everyone",
        ),
        pytest.param(
            "who: everyone",
            "who: {}",
            ["bascule.yaml:16:10 entitlements[0].who: names no criterion: write `who: everyone` if everyone is meant"],
            id="an empty selection is never everyone",
        ),
        pytest.param(
            "who: everyone",
            "who: {groups: []}",
            ["bascule.yaml:16:19 entitlements[0].who.groups: must have at least 1 entry"],
            id="an empty list is never everyone",
        ),
        pytest.param(
            "who: everyone",
            "who: {attributes: {title: [chef]}}",
            ["bascule.yaml:16:24 entitlements[0].who.attributes.title: " + NOT_READ],
            id="an attribute that the directory is not asked for",
        ),
        pytest.param(
            "  standard: standard.yaml",
            "  standard: gone.yaml",
            ["bascule.yaml:13:13 profiles.standard: cannot read gone.yaml: No such file or directory"],
            id="a profile file that is not there",
        ),
        pytest.param(
            "installation: seine",
            "installation: seine\ninstallation: marne",
            ["bascule.yaml:2:1 installation: is given twice: first in line 1"],
            id="a key given twice",
        ),
        pytest.param(
            "installation: seine",
            "installation: !vault seine",
            ["bascule.yaml:1:15 installation: has an unknown YAML tag (!…)"],
            id="a YAML tag",
        ),
        pytest.param(
            "  melun:",
            "  melun: &a\n    x: *a",
            ["bascule.yaml:4:10 clusters.melun.x: is an alias of something that contains it"],
            id="an alias that contains itself",
        ),
        pytest.param(
            "installation: seine",
            "installation: 'seine",
            ["bascule.yaml:17:1: is not valid YAML: a quote is not closed"],
            id="a quote that is not closed",
        ),
        pytest.param(
            "  melun:", "\tmelun:", ["bascule.yaml:4:1: is not valid YAML: indent with spaces, not with tabs"], id="a tab"
        ),
        pytest.param(
            "  base: dc=example",
            "  base: dc=example: x",
            ["bascule.yaml:11:19: is not valid YAML: unexpected colon: check the indentation, or quote the text that holds it"],
            id="a colon too many",
        ),
    ],
)
def test_one_problem_of_the_main_file(tmp_path, old, new, expected):
    assert a_site(tmp_path).change(old, new).problems() == sorted(expected)
