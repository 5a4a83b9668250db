"""What a golden image is given of its site: where the receiver is, and the authority of its certificate."""

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from provisioner.cli.installing.init_asking import read_file
from provisioner.cli.output import say
from provisioner.errors import SettingsError
from provisioner.files import Folder
from provisioner.reasons.certificates import AUTHORITY_WRONG, RECEIVER_NAMELESS
from provisioner.receiver.intake import PATH
from provisioner.settings.shipped import shipped
from provisioner.settings.store_access import load_receiver_section
from provisioner.texts.translate import _

CONF, AUTHORITY = "etc/bascule/guest.conf", "etc/bascule/receiver-ca.pem"
_URL, _CA_FILE = "https://bascule.example.org:9819/v1/report", f"ca_file = /{AUTHORITY}\n"
"""The values in the shipped guest.conf."""
_READABLE, _FOLDER = 0o644, 0o755


def of_receiver(config: Path) -> list[tuple[str, str]]:
    """Places in the image, and their texts. Raises SettingsError."""
    settings = load_receiver_section(config)
    if not settings.name:
        raise SettingsError(RECEIVER_NAMELESS(path=str(config)))
    host = f"[{settings.name}]" if ":" in settings.name else settings.name
    text = (shipped() / "guest" / "guest.conf").read_text(encoding="utf-8")
    text = text.replace(_URL, f"https://{host}:{settings.port}{PATH}")
    if settings.authority is None:
        return [(CONF, text.replace(_CA_FILE, f"# {_CA_FILE}"))]
    if not settings.authority.exists() and config.absolute().parent not in settings.authority.parents:  # the role makes it
        say(_("{file} is not on this machine: desktops ask for the authority when they boot", file=str(settings.authority)))
        return [(CONF, text)]
    return [(CONF, text), (AUTHORITY, _certificates(settings.authority))]


def lay_out(image: Folder, files: Iterable[tuple[str, str]]) -> None:
    """Write them, and say so. Raises OSError."""
    for place, text in files:
        if place == CONF and image.status(CONF) is not None:
            say(_("{path} is there, and stays as it is", path=str(image.path / place)))
        else:
            lay(image, place, text.encode(), _READABLE)


def lay(image: Folder, place: str, content: bytes, mode: int) -> None:
    """Write a file and the folders above it, and say so: a link in the image leads to this machine's own files."""
    if above := place.rpartition("/")[0]:
        image.make(above, mode=_FOLDER)
    image.write(place, content, mode=mode)
    say(str(image.path / place))


def _certificates(file: Path) -> str:
    """Nothing but certificates: a key beside them would be in every desktop."""
    text = read_file(file)
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise SettingsError(AUTHORITY_WRONG(said=f"{file}: {error}")) from error
    if "PRIVATE KEY" in text:
        raise SettingsError(AUTHORITY_WRONG(said=f"{file}: PRIVATE KEY"))
    return text if found else ""
