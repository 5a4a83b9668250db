"""A report as one page: it opens from a file, without a network, and prints on paper."""

import base64
from pathlib import Path
from typing import Any

from provisioner.cli import times
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.report.tables import Report, ReportTable, shown
from provisioner.model.people.plain_text import one_line
from provisioner.texts.translate import _, language

_PAGES = Path(__file__).with_name("pages")


def page_of(name: str, **values: Any) -> str:
    """A page of `pages`, filled. Everything that is filled in is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a tenth of a second that no other command needs

    pages = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template(name).render(language=language(), **values)


def html_of(report: Report) -> str:
    """The whole page."""
    return page_of(
        "report.html",
        title=one_line(report.title),
        lines=list(map(_words, report.lines)),
        tables=list(map(_table, report.tables)),
        picture=picture_of(report.picture()),
        alt=_("drawn: the figures of the tables below"),
        made=made_now(),
    )


def made_now() -> str:
    """When a page was made and by what, and by whose clock all its times are."""
    now = clock_of_commands().now()
    return _("made by Bascule on {time} ({zone})", time=times.dated(now), zone=times.zone(now))


def picture_of(svg: bytes | None) -> str | None:
    """A picture as an address that needs no network."""
    return None if svg is None else f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def _words(text: str) -> str:
    return one_line(times.in_words(text))


def _table(table: ReportTable) -> dict[str, object]:
    numbers = [column in table.numbers for column in table.columns]
    return {
        "title": _(table.title),
        "columns": [(_(column), number) for column, number in zip(table.columns, numbers, strict=True)],
        "rows": [[(_words(shown(cell)), number) for cell, number in zip(row, numbers, strict=True)] for row in table.rows],
        "empty": table.empty,
        "is_detail": table.is_detail,
    }


__all__ = ["html_of", "made_now", "page_of", "picture_of"]
