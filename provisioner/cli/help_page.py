"""Help pages, and complaints about a wrong call, in the language. Typer's own are English, and load what no page here needs."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from inspect import cleandoc
from os import environ
from typing import Any, TextIO

from rich.align import Align
from rich.box import ROUNDED
from rich.columns import Columns
from rich.console import Console, Group
from rich.highlighter import RegexHighlighter
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from provisioner.cli.folding import NO_BREAK, STAND_IN
from provisioner.cli.terminal import print_line
from provisioner.texts.translate import _

_STYLES = {
    "option": "bold cyan",
    "switch": "bold green",
    "negative_option": "bold magenta",
    "negative_switch": "bold red",
    "types": "bold yellow",
    "types_sep": "dim",
    "usage": "yellow",
}
_FORCING = ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS")
"""Variables by which a page is as in a terminal, whatever reads it."""


class _OfOptions(RegexHighlighter):
    highlights = [  # noqa: RUF012 (rich's own type)
        r"(^|\W)(?P<switch>\-\w+)(?![a-zA-Z0-9])",
        r"(^|\W)(?P<option>\-\-[\w\-]+)(?![a-zA-Z0-9])",
        r"(?P<types>\<[^\>]+\>)",
        r"(?P<usage>Usage: )",
    ]


class _OfNegatives(RegexHighlighter):
    highlights = [  # noqa: RUF012 (rich's own type)
        r"(^|\W)(?P<negative_switch>\-\w+)(?![a-zA-Z0-9])",
        r"(^|\W)(?P<negative_option>\-\-[\w\-]+)(?![a-zA-Z0-9])",
    ]


class _OfTypes(RegexHighlighter):
    highlights = [  # noqa: RUF012 (rich's own type)
        r"^(?P<types_sep>(\[|<))",
        r"(?P<types_sep>\|)",
        r"(?P<types_sep>(\]|>))(\.\.\.)?$",
    ]


_options, _negatives, _types = _OfOptions(), _OfNegatives(), _OfTypes()


def print_page(command: Any, context: Any) -> None:
    """The help page of a command or a group, on standard output. Its own texts are in the language already."""
    with _console(sys.stdout) as console:
        console.print(Padding(_options(command.get_usage(context)), 1), style="bold")
        if command.help:
            console.print(Padding(Align(Group(*_paragraphs(command.help)), pad=False), (0, 1, 1, 1)))
        shown = [each for each in command.get_params(context) if not each.hidden]
        for title, kind in ((_("Arguments"), "argument"), (_("Options"), "option")):
            _print_options(console, title, [each for each in shown if each.param_type_name == kind], context)
        _print_commands(console, command, context)
        if command.epilog:
            console.print(Padding(Align(_marked(command.epilog), pad=False), 1))


def print_complaint(text: str, context: Any) -> None:
    """What is wrong with a call, on standard error. `context`: the command's; None: it is not known yet."""
    with _console(sys.stderr) as console:
        if context is not None:
            console.print(_options(context.get_usage()), style="bold")
            console.print(_where_help_is(context), style="dim")
        console.print(_panel(_("Error"), _options(text), "red"))


def _where_help_is(context: Any) -> str:
    path, option = escape(context.command_path), context.help_option_names[0]
    return _("Try [blue]'{command_path} {help_option}'[/] for help.", command_path=path, help_option=option)


def print_aborted() -> None:
    """Whoever was asked did not answer."""
    with _console(sys.stderr) as console:
        console.print(_("Aborted."), style="red")


@contextmanager
def _console(stream: TextIO) -> Iterator[Console]:
    """What is printed goes out at the end. No line ends at a no-break space, which rich takes for a space like any other."""
    width = environ.get("TERMINAL_WIDTH", "")
    console = Console(
        file=stream,
        theme=Theme(_STYLES),
        highlighter=_options,
        emoji=False,
        force_terminal=True
        if environ.get("GITHUB_ACTIONS") or environ.get("FORCE_COLOR") or environ.get("PY_COLORS")
        else None,
        width=(int(width) if width.isdecimal() else 0) or None,
    )
    with console.capture() as page:
        yield console
    print_line(page.get().replace(STAND_IN, NO_BREAK), stream, end="")


def _panel(title: str, content: Any, border: str = "dim") -> Panel:
    return Panel(content, border_style=border, title=Text(title), title_align="left")


def _marked(text: str, style: str = "") -> Text:
    return _options(Text.from_markup(cleandoc(text).replace(NO_BREAK, STAND_IN), style=style, emoji=False))


def _paragraphs(text: str) -> Iterator[Text]:
    first, _between, others = cleandoc(text).partition("\n\n")
    yield _marked(first.replace("\n", " ").strip())
    if others:
        yield from (Text(""), _marked(others, "dim"))


def _print_options(console: Console, title: str, options: list[Any], context: Any) -> None:
    if not options:
        return
    rows = [_option(option, context) for option in options]
    if any(option.required for option in options):
        rows = [[Text("*", style="red") if option.required else "", *row] for option, row in zip(options, rows, strict=True)]
    table = Table(highlight=True, show_header=False, expand=True, box=None, pad_edge=False, padding=(0, 1))
    for row in rows:
        table.add_row(*row)
    console.print(_panel(title, table))


def _option(option: Any, context: Any) -> list[Any]:
    """The cells of its row. An argument has the name that is shown for it where an option has its short form."""
    (long, short), (no_long, no_short) = map(_by_length, (option.opts, option.secondary_opts))
    if option.param_type_name == "argument":
        short = [option.display_name_raw + ("..." if option.metavar is None and option.nargs != 1 else "")] * len(short)
    kind = Text(option.display_type_rich(ctx=context) or "", style="bold yellow", overflow="fold")
    if within := _range(option):
        kind.append(f" [{within}]")
    names = [*map(_options, map(",".join, (long, short))), *map(_negatives, map(",".join, (no_long, no_short)))]
    return [*names, _types(kind), Columns(list(_about(option, context)))]


def _by_length(names: Iterable[str]) -> tuple[list[str], list[str]]:
    return [name for name in names if "--" in name], [name for name in names if "--" not in name]


def _about(option: Any, context: Any) -> Iterator[Text]:
    """Its help text, the variable that stands for it, its default, and whether it must be given."""
    if option.help:
        yield _marked("\n".join(part.replace("\n", " ").strip() for part in option.help.split("\n\n")))
    if option.envvar and option.show_envvar:
        yield _note(_("[env var: {}]").format(option.envvar), "dim yellow")
    if default := _default(option, context):
        yield _note(_("[default: {}]").format(default), "dim")
    if option.required:
        yield _note(_("[required]"), "dim red")


def _note(text: str, style: str) -> Text:
    return Text(text.replace(NO_BREAK, STAND_IN), style=style)


def _default(option: Any, context: Any) -> str:
    """Of a switch, the name that is meant; nothing, if it has no name for each."""
    if isinstance(option.show_default, str):
        return f"({option.show_default})"
    value = option.get_default(context, call=False)
    if value is None or not (option.show_default or context.show_default):
        return ""
    if isinstance(value, bool):
        return (option.opts if value else option.secondary_opts)[0].lstrip("-") if option.secondary_opts else ""
    return str(getattr(value, "value", value))


def _range(option: Any) -> str:
    """Of a number: `1<=x<=50`, `x>=1`."""
    if option.min is None and option.max is None:
        return ""
    if option.min is None or option.max is None:
        return f"x<={option.max}" if option.min is None else f"x>={option.min}"
    return f"{option.min}<=x<={option.max}"


def _print_commands(console: Console, group: Any, context: Any) -> None:
    """A panel for each part of the page, in which all names are equally wide."""
    parts: dict[str, list[Any]] = {}
    for name in getattr(group, "commands", ()) and group.list_commands(context):
        command = group.get_command(context, name)
        parts.setdefault(command.rich_help_panel or _("Commands"), []).append(command)
    longest = max((len(command.name) for commands in parts.values() for command in commands), default=0)
    for title, commands in parts.items():
        console.print(_commands(console, title, commands, longest), soft_wrap=True)


def _commands(console: Console, title: str, commands: Iterable[Any], longest: int) -> Text:
    """As a panel with a table in it, which rich would take ten times as long for."""
    border, width = ROUNDED.substitute(console.options), console.width
    left, right = Text(f"{border.mid_left} ", "dim"), Text(f" {border.mid_right}", "dim")
    lines = [Text(f"{border.top_left}{border.top} {title} ".ljust(width - 1, border.top) + border.top_right, "dim")]
    for command in commands:
        name, room = Text(f"{command.name:{longest}}", "bold cyan"), max(1, width - longest - 6)
        for line in _summary(command).wrap(console, room, overflow="ellipsis"):
            lines.append(Text.assemble(left, name, "  ", line, " " * (room - line.cell_len), right))
            name = Text(" " * longest)
    return Text("\n").join([*lines, Text(border.bottom_left.ljust(width - 1, border.bottom) + border.bottom_right, "dim")])


def _summary(command: Any) -> Text:
    """The first paragraph of its help text."""
    return _marked(cleandoc(command.short_help or command.help or "").split("\n\n")[0].strip())
