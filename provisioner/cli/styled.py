"""Texts with a style, and what a terminal folds: rich, which takes longer to load than many a command needs in all."""

from rich.console import Console
from rich.text import Text

from provisioner.cli.folding import Unbroken, folded
from provisioner.cli.terminal import plain_line

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_text(text: Text, *, to: Console = out, indent: int = 2, end: str = "\n") -> None:
    """Print one line; in a terminal folded between words, and what follows indented. In a pipe grep finds it whole.

    A path that is longer than a line is not cut: it can be copied.
    """
    if not to.is_terminal or text.cell_len <= to.width:
        to.print(text, soft_wrap=True, end=end)
        return
    text = text.copy()
    text.overflow = "ignore"  # a word that fits on no line; as an argument of `wrap` it would fold nothing at all
    first, *more = folded(text, to, max(to.width - indent, 2 * indent)) or [text]
    lines = Text("\n").join([first, *(Text.assemble(" " * indent, line) for line in more)])
    to.print(lines, soft_wrap=True, end=end)


def words(text: str, style: str = "") -> Text:
    """A line for people, as `terminal.plain_line` has it."""
    return Unbroken(plain_line(text), style)
