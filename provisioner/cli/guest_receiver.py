"""What a golden image is given of its site: where the receiver is, and the authority of its certificate."""

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from provisioner.cli.init_asking import read_file
from provisioner.cli.output import say
from provisioner.errors import SettingsError
from provisioner.reasons.certificates import AUTHORITY_WRONG, RECEIVER_NAMELESS
from provisioner.receiver.intake import PATH
from provisioner.settings.receiver_section import load_receiver_section
from provisioner.settings.shipped import shipped
from provisioner.texts.translate import _

CONF, AUTHORITY = "etc/bascule/guest.conf", "etc/bascule/receiver-ca.pem"
_URL, _CA_FILE = "https://bascule.example.org:9819/v1/report", f"ca_file = /{AUTHORITY}\n"
"""In the shipped guest.conf."""
_READABLE = 0o644


def of_receiver(config: Path, folder: Path) -> list[tuple[Path, str]]:
    """Targets below the folder, and their texts. Raises SettingsError."""
    settings = load_receiver_section(config)
    if not settings.name:
        raise SettingsError(RECEIVER_NAMELESS(path=str(config)))
    host = f"[{settings.name}]" if ":" in settings.name else settings.name
    text = (shipped() / "guest" / "guest.conf").read_text(encoding="utf-8")
    text = text.replace(_URL, f"https://{host}:{settings.port}{PATH}")
    if settings.authority is None:
        return [(folder / CONF, text.replace(_CA_FILE, f"# {_CA_FILE}"))]
    return [(folder / CONF, text), (folder / AUTHORITY, _certificates(settings.authority))]


def lay_out(files: Iterable[tuple[Path, str]]) -> None:
    """Write them, and say so. Raises OSError."""
    for target, text in files:
        if target.name == Path(CONF).name and target.exists():
            say(_("{path} is there, and stays as it is", path=str(target)))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        target.chmod(_READABLE)
        say(str(target))


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
