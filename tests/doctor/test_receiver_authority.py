"""F1: what is wrong with the receiver's own authority, and with what it makes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.doctor.expiry import examine_files
from provisioner.doctor.findings import Grade
from provisioner.settings.values import ReceiverSettings
from provisioner.setup.authority import make_authority
from provisioner.setup.receiver_files import renew
from tests.builders.cluster import NOW
from tests.doctor.test_mistakes import SITE, alarms

DAY = 86_400.0
B, D = Grade.BAD, Grade.DOUBTFUL


def a_receiver(folder: Path) -> ReceiverSettings:
    """As `init` writes it."""
    settings = ReceiverSettings(
        address="127.0.0.1",
        name="127.0.0.1",
        certificate=folder / "receiver.pem",
        key=folder / "receiver.key",
        authority=folder / "ca.pem",
        authority_key=folder / "ca.key",
    )
    renew(settings, now=NOW)
    return settings


def found(receiver: ReceiverSettings, folder: Path, *, days: float = 0.0) -> dict[str, Grade]:
    """The alarms so many days later, by code."""
    settings, _, now = SITE.but(settings={"receiver": receiver}).site(folder)
    return {code: finding.grade for code, finding in alarms(examine_files(settings, now=now + days * DAY)).items()}


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        pytest.param(0, {}, id="just made"),
        pytest.param(240, {}, id="not due"),
        pytest.param(248, {}, id="due, and the timer looks each day"),
        pytest.param(260, {"receiver_not_renewed": D}, id="due, and nobody has renewed it"),
        pytest.param(350, {"receiver_not_renewed": D, "served_certificate_ends": D}, id="it ends soon"),
        pytest.param(370, {"served_certificate_ended": B}, id="it has ended"),
    ],
)
def test_how_long_the_certificate_lasts(tmp_path: Path, days: float, codes: dict[str, Grade]):
    assert found(a_receiver(tmp_path), tmp_path, days=days) == codes


def test_without_the_key_of_the_authority_it_is_said_once_it_is_due(tmp_path: Path):
    """A key that is kept elsewhere is not a fault before."""
    receiver = a_receiver(tmp_path)
    (tmp_path / "ca.key").unlink()

    assert found(receiver, tmp_path, days=200) == {}
    assert found(receiver, tmp_path, days=248) == {"receiver_unrenewable": D}


def other_authority(folder: Path) -> None:
    (folder / "ca.pem").write_text(make_authority("127.0.0.1", now=NOW).certificate)


@pytest.mark.parametrize(
    ("happens", "days", "code", "grade"),
    [
        pytest.param(other_authority, 0, "receiver_other_authority", B, id="another authority"),
        pytest.param(lambda folder: (folder / "ca.pem").write_text(""), 0, "receiver_authority_wrong", B, id="an empty file"),
        pytest.param(lambda folder: (folder / "ca.pem").unlink(), 0, "receiver_authority_wrong", B, id="no file"),
        pytest.param(lambda _: None, 3400, "receiver_authority_ends", D, id="a year before the authority's end"),
        pytest.param(lambda _: None, 3700, "receiver_authority_ended", B, id="the authority has ended"),
    ],
)
def test_what_is_wrong_with_the_authority(
    tmp_path: Path, happens: Callable[[Path], object], days: float, code: str, grade: Grade
):
    receiver = a_receiver(tmp_path)
    happens(tmp_path)

    assert found(receiver, tmp_path, days=days)[code] is grade
