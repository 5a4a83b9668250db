"""Reasons of documents, counted by kind: 1,700 desktops give some twenty lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from provisioner.cli.documents import ReasonCount, RestDocument
from provisioner.cli.output import print_table, say
from provisioner.cli.times import clock, instant
from provisioner.reasons.grouping import Group, grouped
from provisioner.reasons.reason import NONE, Reason, as_reason, from_document
from provisioner.reasons.views import TRIED_AT
from provisioner.texts.translate import _, headings, plural, translated

_SHOWN = 6
_COLUMNS = headings("count", "reason")


def reason_in(document: Mapping[str, Any] | None) -> Reason:
    """The reason of a `ReasonDocument`; None: there is none."""
    if document is None:
        return NONE
    return from_document(document) if document["code"] else as_reason(document["text"])


def rest_lines(resting: RestDocument | None) -> Iterator[str]:
    """`outside the hours, until 08:00: 1,540 desktops are off, 12 still on`."""
    if resting is None:
        return
    when, until = resting["when"]["text"], resting["until"]
    if until is not None:
        when = _("{when}, until {until}", when=when, until=clock(instant(until), seconds=True))
    off, on = resting["off"], resting["on"]
    yield plural(
        "{when}: {count} desktop is off, {on} still on",
        "{when}: {count} desktops are off, {on} still on",
        off,
        when=when,
        on=on,
    )


def example_in(count: ReasonCount) -> str:
    """The text of counted reasons of a kind, and when it is tried again; where they are not all the same, it is an example."""
    example = count["example"]["text"]
    text = example if count["texts"] == 1 else _("for example: {example}", example=example)
    return text if count["next_try_at"] is None else translated(tried_at(text, count["next_try_at"]))


def tried_at(why: str, stamp: str) -> Reason:
    """A reason with the time of the next try, by the site's clock."""
    return TRIED_AT(why=why, time=clock(instant(stamp), seconds=True))


def print_reasons(title: str, reasons: Iterable[str], *, all_lines: bool = False) -> None:
    """Print how often each kind of reason is given, the most frequent first, with a text; `all_lines`: every text."""
    if all_lines:
        texts = sorted(Counter(reasons).items(), key=lambda pair: (-pair[1], pair[0]))
        print_table(title, _COLUMNS, ((count, text) for text, count in texts), numbers=("count",))
        return
    groups = tuple(grouped(reasons))
    examples = ((group.times, _example(group)) for group in groups[:_SHOWN])
    print_table(title, _COLUMNS, examples, numbers=("count",))
    if rest := groups[_SHOWN:]:
        text = plural(
            "… and {count} reason more, of {times} (`bascule report plan --all`)",
            "… and {count} reasons more, of {times} (`bascule report plan --all`)",
            len(rest),
            times=sum(group.times for group in rest),
        )
        say(text)


def _example(group: Group) -> str:
    return group.example if group.texts == 1 else _("for example: {example}", example=group.example)
