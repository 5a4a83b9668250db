"""Values change, everything else stays as it was written."""

import pytest
from ruamel.yaml import YAML

from provisioner.setup.yaml_text import YamlText, scalar

TEXT = """\
# The whole file.
name: seine                      # for ever

servers:
  first:
    # Two or three.
    urls:
      - https://one
      - https://two
    ids: {first: 1, last: 2}
    # The authority.
    ca_file: ca.pem
#spare: 1
#  more: 2
end: true
"""


def changed(*steps):
    text = YamlText(TEXT)
    for name, *given in steps:
        getattr(text, name)(*given)
    return text.text()


@pytest.mark.parametrize(
    ("steps", "old", "new"),
    [
        pytest.param(
            [("put", ("name",), "oise")],
            "name: seine                      # for ever",
            "name: oise                      # for ever",
            id="a text keeps the comment behind it",
        ),
        pytest.param(
            [("put", ("servers", "first", "urls"), ["https://a"])],
            "    urls:\n      - https://one\n      - https://two\n",
            "    urls:\n      - https://a\n",
            id="a shorter list",
        ),
        pytest.param(
            [("put", ("servers", "first", "ids"), {"first": 3, "last": 4})],
            "    ids: {first: 1, last: 2}\n",
            "    ids:\n      first: 3\n      last: 4\n",
            id="a mapping",
        ),
        pytest.param(
            [("put", ("servers", "first", "urls"), [])],
            "urls:\n      - https://one\n      - https://two\n",
            "urls: []\n",
            id="none",
        ),
        pytest.param(
            [("comment_out", ("servers", "first", "ca_file"))], "    ca_file: ca.pem", "    # ca_file: ca.pem", id="away"
        ),
        pytest.param(
            [("comment_out", ("servers", "first", "urls"))],
            "    urls:\n      - https://one\n      - https://two\n",
            "    # urls:\n    #   - https://one\n    #   - https://two\n",
            id="a list away",
        ),
        pytest.param([("rename", ("servers", "first"), "second")], "  first:\n", "  second:\n", id="another name"),
        pytest.param([("swap", "#spare: 1\n#  more: 2", "spare: 3")], "#spare: 1\n#  more: 2\n", "spare: 3\n", id="taken up"),
    ],
)
def test_a_change_changes_these_lines_alone(steps, old, new):
    assert changed(*steps) == TEXT.replace(old, new)


def test_several_changes_do_not_shift_each_other():
    text = changed(
        ("put", ("end",), False),
        ("put", ("servers", "first", "urls"), ["https://a"]),
        ("put", ("servers", "first", "ca_file"), "b"),
    )

    assert YAML(typ="safe").load(text) == {
        "name": "seine",
        "servers": {"first": {"urls": ["https://a"], "ids": {"first": 1, "last": 2}, "ca_file": "b"}},
        "end": False,
    }


def test_lines_that_are_not_there_once_are_an_error():
    with pytest.raises(ValueError, match="0 places"):
        changed(("swap", "#nothing", ""))


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "",
        " blank ",
        "yes",
        "null",
        "12",
        "a: b",
        "a #b",
        "(&(objectClass=user)(cn=é*))",
        "cn=x, ou=y",
        "é",
        '"',
        "@x",
        "- x",
        7,
        True,
    ],
)
def test_each_value_reads_as_itself(value):
    assert YAML(typ="safe").load(f"k: {scalar(value)}") == {"k": value}
    assert YAML(typ="safe").load(f"k:\n  - {scalar(value)}") == {"k": [value]}
