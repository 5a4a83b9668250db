"""`freeze` and `thaw`. They work whatever else is broken: the way over the freeze file needs no configuration and no store.

That way comes first: it counts at once, even if the daemon hangs. Whoever may not write the file asks the daemon by its socket.
Imports nothing large at the top: a freeze must not wait for libraries that it does not need.

What `freeze` and `thaw` did: lines for people at once, or one JSON document at the end.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, daemon_socket, order_daemon
from provisioner.cli.documents import INTENTS, INTENTS_WITHDRAWALS, OrdersDocument, Resource
from provisioner.cli.output import (
    CONFIG,
    ByOption,
    ConfigOption,
    JsonOption,
    ReasonOption,
    complain,
    complain_of,
    print_json,
    say,
)
from provisioner.daemon.freeze_file import FreezePlaces, always_watched, freeze_places, is_there, remove, write_mark
from provisioner.daemon.operators import operator
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.freeze import MAX_REASON, TARGET, FreezeMark
from provisioner.model.order_words import IntentKind
from provisioner.texts.translate import _

WhyArgument = Annotated[str, typer.Argument(metavar="[REASON]", help="Why; kept in the journal.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="The freeze file, if the daemon's own cannot be found.", show_default=False)
]


class FreezeAnswer:
    """Each thing that was done, as it is done."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._done: list[dict[str, object]] = []

    @classmethod
    @contextmanager
    def given(cls, *, json: bool) -> Iterator["FreezeAnswer"]:
        """An answer that is complete at the end, also when something could not be done."""
        answer = cls(json=json)
        try:
            yield answer
        finally:
            if json:
                print_json({"done": answer._done})

    def add(self, text: str, **facts: object) -> None:
        """Something was done: the line that says so, and the same for programs."""
        self._done.append(facts)
        if not self._json:
            say(text)


def freeze(
    why: WhyArgument = "",
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    file: FileOption = None,
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Stop every write to every cluster, from the next call on.

    Observation and metrics go on. Works without a readable configuration and without a store.
    """
    mark = FreezeMark(by=operator(by), reason=why or reason, at=clock_of_commands().now())
    places = freeze_places(config, file)
    with FreezeAnswer.given(json=json) as answer:
        made = {path for path in places.files if _mark(path, mark, answer)}
        if places.files[0] in made:
            if places.elsewhere:
                _freeze_elsewhere(config, mark, answer)
        elif _ask(INTENTS, daemon_socket(socket, config), mark.reason):
            text = _("frozen by the daemon: nothing is written any more, at once; `bascule thaw` ends it")
            answer.add(text, frozen_by="daemon")
        else:
            _freeze_by_store(config, mark, places, answer)


def thaw(
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    file: FileOption = None,
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """End a freeze, however it was given: writes go on."""
    places = freeze_places(config, file)
    with FreezeAnswer.given(json=json) as answer:
        _thaw(places, Thawing(config=config, by=by, socket=socket, files_only=file is not None), answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thawing:
    """How a freeze is to end."""

    config: Path
    by: str
    socket: Path | None
    files_only: bool
    """Only the file that was named."""


def _thaw(places: FreezePlaces, order: Thawing, answer: FreezeAnswer) -> None:
    try:
        thawed = bool(remove(places.files)) if order.files_only else _thaw_all(order, places, answer)
    except OSError as error:
        if not _ask(INTENTS_WITHDRAWALS, daemon_socket(order.socket, order.config), ""):
            complain(_("{path}: cannot be removed ({why}): still frozen", path=error.filename, why=error.strerror or ""))
            raise typer.Exit(3) from None
        thawed = True
    if (other := always_watched()) not in places.files and is_there(other, unknown=False):
        complain(_("still frozen, by a file that every daemon watches: `bascule thaw --file {path}`", path=other))
        raise typer.Exit(1)
    answer.add(_("thawed: writes go on with the next cycle") if thawed else _("it was not frozen"), thawed=thawed)


def _ask(resource: Resource[OrdersDocument], at: Path | None, reason: str) -> bool:
    """Whether the daemon took the order. It knows by itself who asks."""
    if at is None:
        return False
    try:
        order_daemon(at, resource, {"kind": IntentKind.FREEZE.value, "reason": reason[:MAX_REASON]})
    except DaemonSilent as error:
        complain(error.reason)
    except BasculeError as error:
        complain_of(error)
    else:
        return True
    return False


def _mark(path: Path, mark: FreezeMark, answer: FreezeAnswer) -> bool:
    """Make the file; whether it is there."""
    try:
        incomplete = write_mark(path, mark)
    except OSError as error:
        complain(_("{path}: cannot be made here ({why})", path=path, why=error.strerror or ""))
        return False
    if incomplete is not None:
        complain(_("{path}: does not say who and why ({why})", path=path, why=incomplete.strerror or ""))
    text = _("frozen by the file {path}: nothing is written any more, at once; `bascule thaw` ends it", path=path)
    answer.add(text, frozen_by="file", file=path)
    return True


def _freeze_by_store(config: Path, mark: FreezeMark, places: FreezePlaces, answer: FreezeAnswer) -> None:
    try:
        _give(config, mark)
    except BasculeError as error:
        complain_of(error)
        path = places.files[0]
        complain(_("not frozen: make the file {path} on the daemon's machine, for instance with `touch`", path=path))
        raise typer.Exit(3) from None
    text = _("frozen by the store: writes stop with the next cycle, at most 10 s from now; `bascule thaw` ends it")
    answer.add(text, frozen_by="store")


def _freeze_elsewhere(config: Path, mark: FreezeMark, answer: FreezeAnswer) -> None:
    """The store is on a server: its daemon may be on another machine, which does not see the file here."""
    try:
        _give(config, mark)
    except BasculeError as error:
        complain_of(error)
        complain(_("a daemon on another machine is not frozen: the store does not have the order"))
        raise typer.Exit(3) from None
    text = _("a daemon on another machine stops with its next cycle, at most 10 s from now: the store has the order too")
    answer.add(text, frozen_by="store")


def _give(config: Path, mark: FreezeMark) -> None:
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of
    from provisioner.model.intents import Intent

    clock = clock_of_commands()
    with closing(store_of(access_to_store(config), clock=clock)) as store:
        store.give(Intent(kind=IntentKind.FREEZE, by=mark.by, at=clock.now(), reason=mark.reason))


def _thaw_all(order: Thawing, places: FreezePlaces, answer: FreezeAnswer) -> bool:
    """Remove the files, and withdraw what the store has; whether there was a freeze. Raises OSError."""
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of

    clock = clock_of_commands()
    try:
        with closing(store_of(access_to_store(order.config), clock=clock)) as store:
            store.intents()  # it can be reached: so the journal has the thaw before the daemon misses the file
            removed = remove(places.files)
            withdrawn = [
                store.withdraw(IntentKind.FREEZE, by=operator(order.by), at=clock.now(), target=target)
                for target in ("", TARGET)
            ]
            return bool(removed) or any(withdrawn)
    except BasculeError as error:
        for path in remove(places.files):
            answer.add(_("{path} is removed", path=path), removed=path)
        if _ask(INTENTS_WITHDRAWALS, daemon_socket(order.socket, order.config), ""):  # of an operator by a group
            return True
        complain_of(error)
        complain(_("the store cannot be asked: if a freeze was given there, it still stands"))
        raise typer.Exit(2 if isinstance(error, SettingsError) else 3) from None
