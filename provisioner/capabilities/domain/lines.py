"""The domain in `bascule status`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.texts.lines import StatusLines
from provisioner.texts.translate import _, plural

if TYPE_CHECKING:
    from provisioner.capabilities.domain.views import DomainDocument


def domain_lines(domain: "DomainDocument | None") -> Iterator[str]:
    """`domain DEP.EXAMPLE: 1540 computer accounts`."""
    if domain is None:
        return
    if domain["read_at"] is None and domain["failing"] is None:
        yield _("domain {realm}: not read yet", realm=domain["realm"])
        return
    line = plural(
        "domain {realm}: {count} computer account", "domain {realm}: {count} computer accounts", domain["accounts"],
        realm=domain["realm"],
    )  # fmt: skip
    yield _("{line}; dry run, none is made or removed", line=line) if domain["dry_run"] else line


def _lines(status: Mapping[str, Any]) -> Iterator[str]:
    return domain_lines(status["domain"])


LINES = StatusLines(_lines)
