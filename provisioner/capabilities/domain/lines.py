"""The domain in `bascule status`."""

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.texts.lines import StatusLines
from provisioner.texts.translate import _, plural


def domain_lines(domain: Mapping[str, Any] | None) -> Iterator[str]:
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


LINES = StatusLines(lambda status: domain_lines(status["domain"]))
