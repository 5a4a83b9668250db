"""The twin's HTTP is Proxmox VE's: texts in the reason phrase, empty bodies, connections that close, tickets, lost answers."""

import contextlib
import gc
import socket
import ssl
import time
import warnings
import zlib

import pytest
import requests

from tests.builders.twin_http import ROOT_TOKEN, SECRET, a_twin_spec, serve

pytestmark = pytest.mark.real

CLONE = "/nodes/{node}/qemu/{vmid}/clone"


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    with serve(a_twin_spec(), tmp_path_factory.mktemp("twin"), scale=50.0, idle_s=0.5) as served:
        yield served


def test_an_answer_has_proxmox_ves_headers(twin):
    answer = twin.ask("GET", "/version")

    assert answer.json() == {"data": {"version": "9.2.11", "release": "9.2", "repoid": "14a22df35955d97d"}}
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.headers["Server"] == "pve-api-daemon/3.0"
    assert answer.headers["Connection"] == "Keep-Alive"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("max-age=0", "no-cache")


@pytest.mark.parametrize(
    ("method", "path", "form", "status", "reason", "body"),
    [
        pytest.param(
            "GET", "/nope", None, 501, "Method 'GET /nope' not implemented",
            {"data": None, "message": "Method 'GET /nope' not implemented\n"}, id="unknown path",
        ),
        pytest.param(
            "POST", "/nodes/pve1/qemu/9000/clone", {"newid": "42"}, 400, "Parameter verification failed.",
            {"data": None, "message": "Parameter verification failed.\n",
             "errors": {"newid": "invalid format - value does not look like a valid VM ID\n"}}, id="bad parameter",
        ),
        pytest.param(
            "GET", "/nodes/pve1/qemu/777/config", None, 500,
            "Configuration file 'nodes/pve1/qemu-server/777.conf' does not exist",
            {"data": None, "message": "Configuration file 'nodes/pve1/qemu-server/777.conf' does not exist\n"}, id="no guest",
        ),
    ],
)  # fmt: skip
def test_an_error_is_in_the_reason_phrase_and_closes_the_connection(twin, method, path, form, status, reason, body):
    answer = twin.ask(method, path, data=form)

    assert (answer.status_code, answer.reason, answer.json()) == (status, reason, body)
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        pytest.param(None, "No ticket", id="nothing given"),
        pytest.param("root@pam!full=wrong", "Authentication failed!", id="wrong secret"),
        pytest.param("nonsense", "No ticket", id="malformed"),
    ],
)
def test_a_401_has_no_body_and_takes_three_virtual_seconds(twin, token, reason):
    asked_at = twin.clock.now()
    answer = twin.ask("GET", "/version", token=token)

    assert (answer.status_code, answer.reason, answer.content) == (401, reason, b"")
    assert twin.clock.now() - asked_at >= 3.0


def test_a_ticket_opens_the_api_and_writes_need_its_csrf_token(twin):
    twin.ask("POST", "/access/users", data={"userid": "svc@pve", "password": "svc-password-1"})
    twin.ask("PUT", "/access/acl", data={"path": "/", "roles": "PVEPoolAdmin", "users": "svc@pve"})
    login = {"username": "svc@pve", "password": "svc-password-1"}
    ticket = twin.ask("POST", "/access/ticket", token=None, data=login).json()["data"]
    cookie = {"PVEAuthCookie": ticket["ticket"]}
    csrf = {"CSRFPreventionToken": ticket["CSRFPreventionToken"]}

    assert twin.ask("GET", "/version", token=None, cookies=cookie).status_code == 200
    assert twin.ask("POST", "/pools", token=None, cookies=cookie, headers=csrf, data={"poolid": "p1"}).status_code == 200
    without = twin.ask("POST", "/pools", token=None, cookies=cookie, data={"poolid": "p2"})
    assert (without.status_code, without.reason) == (401, "Permission denied - invalid csrf token")
    renewed = twin.ask("POST", "/access/ticket", token=None, data=login | {"password": ticket["ticket"]})
    assert renewed.status_code == 200
    forged = twin.ask("GET", "/version", token=None, cookies={"PVEAuthCookie": ticket["ticket"][:-2]})
    assert (forged.status_code, forged.reason) == (401, "Authentication failed!")
    wrong = twin.ask("POST", "/access/ticket", token=None, data=login | {"password": "nope"})
    assert (wrong.status_code, wrong.json()) == (401, {"data": None, "message": "authentication failure\n"})


def test_json_bodies_are_read_like_forms(twin):
    made = twin.ask("POST", "/pools", json={"poolid": "from-json", "comment": "é"})

    assert made.status_code == 200
    assert {"poolid": "from-json", "comment": "é"} in twin.get("/pools")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("application/json", b"{bad", id="malformed JSON"),
        pytest.param("text/plain", b"a=b", id="a content type it does not know"),
    ],
)
def test_an_unreadable_body_ends_the_connection_without_an_answer(twin, content_type, body):
    with pytest.raises(requests.ConnectionError):
        twin.ask("PUT", "/pools", data=body, headers={"Content-Type": content_type})


def test_a_body_over_512_kib_is_refused(twin):
    answer = twin.ask("POST", "/pools", data={"poolid": "x", "comment": "x" * 513 * 1024})

    assert (answer.status_code, answer.reason) == (501, "for data too large")


def test_a_lost_answer_is_a_dropped_connection_after_the_effect(twin):
    lose_next(twin, "POST", CLONE)
    with pytest.raises(requests.ConnectionError):
        twin.ask("POST", "/nodes/pve1/qemu/9000/clone", data={"newid": "302", "name": "vd-302"})

    assert 302 in {entry.get("vmid") for entry in twin.get("/cluster/resources")}


def test_a_lost_request_has_no_effect(twin):
    lose_next(twin, "POST", CLONE, after_effect=False)
    with pytest.raises(requests.ConnectionError):
        twin.ask("POST", "/nodes/pve1/qemu/9000/clone", data={"newid": "303", "name": "vd-303"})

    assert 303 not in {entry.get("vmid") for entry in twin.get("/cluster/resources")}


def test_large_answers_are_compressed_on_request(twin):
    plain = twin.ask("GET", "/cluster/resources", headers={"Accept-Encoding": "identity"})
    packed = twin.ask("GET", "/cluster/resources", headers={"Accept-Encoding": "gzip"}, stream=True)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert zlib.decompress(packed.raw.read(decode_content=False), 31).startswith(b'{"data":[')


def test_extjs_answers_carry_the_status_in_the_body(twin):
    url = f"{twin.url}/api2/extjs/nodes/pve1/qemu/9000/config"
    headers = {"Authorization": f"PVEAPIToken=root@pam!full={SECRET}"}
    answer = requests.put(url, data={"memory": "1"}, headers=headers, verify=twin.ca, timeout=30)

    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["status"]) == (0, "400")
    assert requests.get(url, headers=headers, verify=twin.ca, timeout=30).json()["success"] == 1


def test_a_connection_serves_a_hundred_requests(twin):
    headers = {"Authorization": f"PVEAPIToken=root@pam!full={SECRET}"}
    with requests.Session() as session:
        answers = [
            session.get(f"{twin.url}/api2/json/version", headers=headers, verify=twin.ca, timeout=30) for _ in range(100)
        ]
    closed = [answer.headers["Connection"].lower() for answer in answers]

    assert closed[-1] == "close"
    assert "close" not in closed[:-1]


def test_an_idle_connection_is_closed(twin):
    context = ssl.create_default_context(cafile=twin.ca)
    with (
        socket.create_connection(("127.0.0.1", twin.port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as tls,
    ):
        tls.settimeout(10)
        tls.sendall(
            f"GET /api2/json/version HTTP/1.1\r\nHost: x\r\nAuthorization: PVEAPIToken=root@pam!full={SECRET}\r\n\r\n".encode()
        )
        answer = tls.recv(4096)
        since = time.monotonic()

        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert tls.recv(4096) == b""
        assert time.monotonic() - since > 0.4


@pytest.mark.parametrize("greeted", [True, False], ids=["in the middle of a request", "before any TLS"])
def test_its_end_closes_what_a_client_holds_open(tmp_path, greeted):
    with contextlib.ExitStack() as client:
        with serve(a_twin_spec(), tmp_path) as twin:
            end = client.enter_context(socket.create_connection(("127.0.0.1", twin.port)))
            if greeted:
                context = ssl.create_default_context(cafile=twin.ca)
                end = client.enter_context(context.wrap_socket(end, server_hostname="localhost"))
                end.sendall(b"GET /api2/json/ver")
            twin.get("/version")
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", ResourceWarning)
            gc.collect()

    assert [str(warning.message) for warning in warned if "unclosed transport" in str(warning.message)] == []


def test_the_twins_own_face_asks_for_its_secret(twin):
    truth = f"{twin.url}/twin/truth"
    control = {"X-Twin-Control": twin.control}

    assert requests.get(truth, verify=twin.ca, timeout=30).status_code == 500
    assert requests.get(truth, headers={"X-Twin-Control": "guess"}, verify=twin.ca, timeout=30).status_code == 500
    answer = requests.get(truth, headers=control, verify=twin.ca, timeout=30).json()
    assert answer["desktops"] >= 0
    assert answer["calls"]["GET /version"] >= 1


def test_an_unknown_fault_is_refused(twin):
    url, control = f"{twin.url}/twin/faults", {"X-Twin-Control": twin.control}

    answer = requests.post(url, json={"fault": "Flood"}, headers=control, verify=twin.ca, timeout=30)
    assert (answer.status_code, answer.json()) == (400, {"error": "not a fault: 'Flood'"})


def test_a_path_outside_the_api_is_no_such_file(twin):
    answer = requests.get(f"{twin.url}/nope", verify=twin.ca, timeout=30)

    assert (answer.status_code, answer.reason, answer.text) == (500, "no such file '/nope'", "no such file '/nope'\n")


def test_only_its_own_authority_is_trusted_for_it(twin):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{twin.url}/api2/json/version", timeout=30)


def test_secrets_stay_out_of_reprs():
    assert SECRET not in repr(ROOT_TOKEN)


def lose_next(twin, method, endpoint, **fields):
    """Let the answer of the next such request be lost."""
    control = {"X-Twin-Control": twin.control}
    truth = requests.get(f"{twin.url}/twin/truth", headers=control, verify=twin.ca, timeout=30).json()
    fault = {
        "fault": "LoseAnswer",
        "method": method,
        "endpoint": endpoint,
        "nth": truth["calls"].get(f"{method} {endpoint}", 0) + 1,
    }
    answer = requests.post(f"{twin.url}/twin/faults", json=fault | fields, headers=control, verify=twin.ca, timeout=30)
    assert answer.status_code == 200, answer.text
