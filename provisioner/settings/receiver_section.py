"""The section `receiver` alone: the receiver may read neither the rest of what the configuration names, nor any secret."""

from pathlib import Path

from provisioner.reasons.files import KEY_MISSING
from provisioner.settings.building import receiver_settings
from provisioner.settings.checking import Document, check
from provisioner.settings.documents import ReceiverDocument
from provisioner.settings.problems import Problems
from provisioner.settings.reading import Section
from provisioner.settings.values import ReceiverSettings
from provisioner.settings.yaml_lines import read_source

_NAME = "receiver"


class _Only(Document, extra="ignore"):
    receiver: ReceiverDocument | None = None


def load_receiver_section(path: Path) -> ReceiverSettings:
    """Raises SettingsError with the problems of this section, or if there is none."""
    source = read_source(path)
    checked = check(source, _Only)
    section = Section(checked=checked)
    document = None if checked.document is None else checked.document.receiver
    if document is None and not source.problems:
        section.complain(KEY_MISSING(), _NAME)
    problems = Problems(collected=source.problems)
    problems.raise_if_any()
    settings = receiver_settings(section.part(_NAME), document)
    assert settings is not None, "without problems there is a section"
    return settings
