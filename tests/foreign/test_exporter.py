"""prometheus-pve-exporter, unchanged, reads the twin with every one of its collectors."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml
from urllib3.util import Retry

from tests.builders.twin_http import SECRET
from tests.servers.processes import free_port

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def scrape(twin, tmp_path_factory):
    """The page of one scrape, cluster and node collectors both."""
    assert twin.ask("PUT", "/nodes/pve1/qemu/9000/config", data={"onboot": "0"}).status_code == 200
    folder = tmp_path_factory.mktemp("exporter")
    config = folder / "pve.yml"
    login = {"user": "root@pam", "token_name": "full", "token_value": SECRET, "verify_ssl": twin.ca}
    config.write_text(yaml.safe_dump({"default": login}), encoding="utf-8")
    port = free_port()
    command = [str(Path(sys.executable).with_name("pve_exporter")), "--config.file", str(config)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--web.listen-address", f"127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        page = patient().get(
            f"http://127.0.0.1:{port}/pve",
            params={"target": f"127.0.0.1:{twin.port}", "module": "default", "cluster": "1", "node": "1"},
            timeout=30,
        )
        assert page.status_code == 200, (page.text, (folder / "log").read_text())
        yield page.text
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(r'pve_up\{id="node/pve1"\} 1\.0', id="nodes are up"),
        pytest.param(r'pve_up\{id="qemu/9000"\} 0\.0', id="a template is not"),
        pytest.param(r'pve_up\{id="cluster/lab"\} 1\.0', id="the cluster is"),
        pytest.param(r'pve_version_info\{.*version="9\.2\.11".*\} 1\.0', id="version"),
        pytest.param(r'pve_node_info\{.*name="pve2".*\} 1\.0', id="nodes are named"),
        pytest.param(r'pve_cluster_info\{.*nodes="2".*quorate="1".*\} 1\.0', id="the quorum"),
        pytest.param(r'pve_guest_info\{.*name="tmpl-linked".*template="1".*\} 1\.0', id="guests are named"),
        pytest.param(r'pve_storage_info\{.*storage="qcow".*\} 1\.0', id="storages"),
        pytest.param(r'pve_disk_size_bytes\{id="storage/pve1/qcow"\} [1-9]', id="sizes of storages"),
        pytest.param(r'pve_memory_size_bytes\{id="node/pve1"\} [1-9]', id="memory of nodes"),
        pytest.param(r'pve_onboot_status\{id="qemu/9000".*\} 0\.0', id="guests' configurations"),
        pytest.param(r"pve_not_backed_up_total\{", id="backups"),
        pytest.param(r"pve_subscription_info\{", id="subscription"),
    ],
)
def test_the_page_shows(scrape, line):
    assert re.search(f"^{line}", scrape, re.MULTILINE), scrape


def patient():
    """A session that waits for the exporter to listen."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(total=12, connect=12, backoff_factor=0.05)))
    return session
