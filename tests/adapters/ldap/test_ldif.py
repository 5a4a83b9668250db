"""LDIF files are read according to RFC 2849, and written so that they read back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.adapters.ldap.ldif import LdifRecord, read_ldif, write_ldif
from tests.builders.directory import written

VALUES = st.lists(st.binary(min_size=1, max_size=200).filter(lambda value: value == value.strip()), min_size=1, max_size=3)
DN = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs", "Zs"]), min_size=1)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("version: 1\n\n# a comment\n", {}, id="a version and a comment"),
        pytest.param("dn: ou=x\nou: x\n", {"ou=x": {"ou": [b"x"]}}, id="one record"),
        pytest.param(
            "version: 1\ndn: ou=x\nou: x", {"ou=x": {"ou": [b"x"]}}, id="the version glued to a record, no last line end"
        ),
        pytest.param("\n\ndn: a=1\n\n\n\ndn: b=2\n", {"a=1": {}, "b=2": {}}, id="many empty lines"),
        pytest.param("dn: ou=x\nou: long\n er\n", {"ou=x": {"ou": [b"longer"]}}, id="a folded line"),
        pytest.param("dn: ou=x\n# folded\n  comment\nou: x\n", {"ou=x": {"ou": [b"x"]}}, id="a folded comment"),
        pytest.param("dn:: b3U9w6k=\nou:: w6k=\n", {"ou=é": {"ou": ["é".encode()]}}, id="base64"),
        pytest.param("dn: ou=x\nou: a\nou: b\n", {"ou=x": {"ou": [b"a", b"b"]}}, id="two values"),
        pytest.param("dn: ou=x\r\nou: x\r\n", {"ou=x": {"ou": [b"x"]}}, id="line ends of Windows"),
    ],
)
def test_read(tmp_path, text, records):
    path = tmp_path / "x.ldif"
    path.write_bytes(text.encode())

    assert {record.dn: dict(record.attributes) for record in read_ldif(path)} == records


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("dn: ou=x\nou x\n", "x.ldif:2: is not 'attribute: value'", id="no colon"),
        pytest.param("dn: ou=x\n: x\n", "x.ldif:2: is not 'attribute: value'", id="no name"),
        pytest.param("dn: ou=x\nphoto:< file:///etc/passwd\n", "x.ldif:2: is not 'attribute: value'", id="a value by URL"),
        pytest.param("dn: ou=x\nou:: w6\n", "x.ldif:2: ou is not base64", id="bad base64"),
        pytest.param("ou: x\n", "x.ldif:1: a record must begin with 'dn:', not with 'ou:'", id="no dn"),
        pytest.param("dn:: /w==\n", "x.ldif:1: the dn is not UTF-8 text", id="a binary dn"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=r"x\.ldif:\d") as caught:
        read_ldif(written(tmp_path / "x.ldif", text))

    assert message in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "x.ldif"
    path.write_bytes(b"dn: \xff\n")

    with pytest.raises(ValueError, match=r"x\.ldif: is not UTF-8 text"):
        read_ldif(path)


@pytest.mark.long
@given(st.dictionaries(st.text("abcXYZ", min_size=3), VALUES), DN)
def test_what_is_written_reads_back(tmp_path_factory, attributes, dn):
    path = tmp_path_factory.getbasetemp() / "round.ldif"
    record = LdifRecord(dn=dn, attributes=attributes)
    write_ldif(path, [record])

    assert read_ldif(path) == (record,)
    assert max(map(len, path.read_text().splitlines())) <= 76
