"""The section `domain`, and the profiles whose desktops join it."""

from collections.abc import Mapping

from provisioner.model.distinguished_names import is_below
from provisioner.model.domain import DomainRules
from provisioner.reasons.settings import JOIN_NO_DOMAIN, JOIN_NO_RECEIVER, OU_OUTSIDE
from provisioner.settings.config_files import ConfigFiles
from provisioner.settings.domain import DomainSettings
from provisioner.settings.domain_documents import DomainDocument
from provisioner.settings.fields import as_value
from provisioner.settings.reading import Section
from provisioner.settings.yaml_lines import children

_OU = "computer_ou"


def domain_of_document(
    section: Section, document: DomainDocument | None, environment: Mapping[str, str]
) -> DomainSettings | None:
    """Build the settings, and report problems on the way."""
    if document is None:
        return None
    return as_value(
        DomainSettings,
        document,
        ca_file=section.file(document.ca_file, "ca_file"),
        password=section.secret(document.password, environment, "password"),
        rules=as_value(DomainRules, document),
    )


def check_joining(files: ConfigFiles, first_boot: Section, computer_ou: str | None) -> None:
    """Report what is missing for a profile whose desktops join a domain."""
    if computer_ou is None:
        return
    written, domain = list(children(files.root.checked.source, ())), files.document.domain
    if "domain" not in written:
        first_boot.complain(JOIN_NO_DOMAIN(), _OU)
    elif domain is not None and not is_below(computer_ou, domain.ou):
        first_boot.complain(OU_OUTSIDE(ou=domain.ou), _OU)
    if "receiver" not in written:
        first_boot.complain(JOIN_NO_RECEIVER(), _OU)
