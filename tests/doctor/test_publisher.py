"""`bascule check` watches the end of the certificate that connection files are signed with."""

from datetime import UTC, datetime

import pytest

from provisioner.doctor.cluster_parts import examine_publisher
from provisioner.doctor.findings import Grade
from provisioner.settings.values import ConnectionSettings
from tests.builders.cluster import NOW
from tests.builders.settings import a_site
from tests.servers.certificates import Authority, a_publisher


def the_finding(folder, files):
    site = a_site(folder)
    settings = site.append(f"connections: {{certificate: {files.certificate}, key: {files.key}}}\n").load()
    assert isinstance(settings.connections, ConnectionSettings)
    (finding,) = examine_publisher(settings, now=NOW)
    return finding


@pytest.mark.long
@pytest.mark.parametrize(
    ("days", "code", "grade"),
    [
        pytest.param(200, "publisher_signs", Grade.GOOD, id="it is good"),
        pytest.param(9, "publisher_ends", Grade.DOUBTFUL, id="it ends next week"),
        pytest.param(-3, "publisher_ended", Grade.BAD, id="it has ended"),
    ],
)
def test_its_end_is_watched(days, code, grade, tmp_path):
    files = a_publisher(tmp_path, ends=datetime.fromtimestamp(NOW + days * 86_400, UTC))
    finding = the_finding(tmp_path, files)

    assert (finding.code, finding.grade) == (code, grade)
    assert bool(finding.fix) == (grade is not Grade.GOOD)


def test_a_key_that_cannot_sign_is_bad(tmp_path):
    finding = the_finding(tmp_path, Authority(tmp_path / "ca").issue("curve"))

    assert (finding.code, finding.grade) == ("publisher_wrong", Grade.BAD)
    assert "not an RSA key" in finding.text


def test_a_key_that_everyone_may_read_is_refused_with_the_configuration(tmp_path):
    files = a_publisher(tmp_path)
    files.key.chmod(0o644)
    site = a_site(tmp_path).append(f"connections: {{certificate: {files.certificate}, key: {files.key}}}\n")

    (problem,) = site.problems()
    assert "connections.key: everyone may read" in problem


def test_without_connection_files_there_is_nothing_to_check(tmp_path):
    assert not list(examine_publisher(a_site(tmp_path).load(), now=NOW))
