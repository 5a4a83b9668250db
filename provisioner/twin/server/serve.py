"""`python -m provisioner.twin.server.serve`: one twin behind HTTPS on 127.0.0.1, until SIGTERM or its standard input ends."""

import argparse
import asyncio
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.settings.twins import load_twin
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.keeping import read_guests, restore_guests, write_guests
from provisioner.twin.server.process import require_extra
from provisioner.twin.server.receiver import AskClient, PushClient
from provisioner.twin.server.state import TwinState, clock_from
from provisioner.twin.server.tls import Certificates, make_certificates
from provisioner.twin.twin import Twin


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a twin is served."""

    state_file: Path
    """Written when it answers; its folder also gets the certificates."""
    scale: float = 1.0
    """Virtual seconds a real second."""
    port: int = 0
    """On 127.0.0.1; 0: any free port."""
    epoch: float | None = None
    """The virtual time at the start, seconds since the epoch; None: now."""
    ends_with_stdin: bool = False
    """End when standard input does, as when the parent dies."""
    certificates: Certificates | None = None
    """Of an earlier start; None: new ones."""
    guests_file: Path | None = None
    """Guests of an earlier start are read from it, and those at the end are written; None: neither."""


def main(arguments: list[str] | None = None) -> int:
    """Serve; returns the exit code: 0 after a regular end, 2 for a bad twin file or without the extra `twin`."""
    options = _parser().parse_args(arguments)
    try:
        require_extra()
        spec = load_twin(options.twin)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.seed is not None:
        spec = replace(spec, seed=options.seed)
    serving = Serving(
        state_file=options.state_file,
        scale=options.scale,
        port=options.port,
        epoch=options.epoch,
        ends_with_stdin=options.end_with_stdin,
        guests_file=options.guests_file,
    )
    asyncio.run(serve(spec, serving, answers=_say_ready))
    return 0


async def serve(spec: TwinSpec, serving: Serving, *, answers: Callable[[TwinState], None]) -> None:
    """Serve until SIGTERM, or SIGINT unless the parent decides; `answers` is called once it answers.

    Raises OSError and ValueError. The caller has made sure of the extra `twin`.
    """
    now = time.time()  # noqa: TID251 (real clients check real dates, and a served twin's time begins then)
    certificates = serving.certificates or make_certificates(serving.state_file.parent, now=now)
    control = secrets.token_urlsafe(24)
    ended_at, guests = read_guests(serving.guests_file) if serving.guests_file else (0.0, [])
    # Time goes on from where it ended, however fast it went: what clients have kept is not of the future.
    epoch0 = max(now, ended_at) if serving.epoch is None else serving.epoch
    clock = clock_from(epoch0, scale=serving.scale)
    twin = Twin(spec, EventHeap(epoch0))
    restore_guests(twin.cluster, guests)
    # Imported here because it fails without the extra.
    from provisioner.twin.server.breakdowns import PlayedTwin

    face = PlayedTwin(twin, clock, control=control)
    clients = _clients(spec, certificates, twin, face.soon)
    ended = _end_signals(watch_stdin=serving.ends_with_stdin)
    state = TwinState(
        port=await face.start(certificates, port=serving.port),
        ca_file=str(certificates.ca),
        cluster=spec.name,
        epoch0=clock.epoch0,
        monotonic0=clock.monotonic0,
        scale=clock.scale,
        tokens={f"{token.user}!{token.name}": token.secret for token in spec.tokens},
        control=control,
    )
    state.write(serving.state_file)
    answers(state)
    await ended.wait()
    await face.stop()
    for client in clients:
        client.close()
    if serving.guests_file is not None:
        write_guests(twin.cluster, serving.guests_file)


def _clients(
    spec: TwinSpec, certificates: Certificates, twin: Twin, soon: Callable[[Callable[[], None]], None]
) -> tuple[PushClient | AskClient, ...]:
    """What sends the desktops' pushes and questions to a receiver. Raises OSError: the receiver's authority cannot be read."""
    if not spec.push.url:
        return ()
    ca_file = Path(spec.push.ca_file) if spec.push.ca_file else certificates.ca
    pushes = PushClient(spec.push.url, ca_file=ca_file)
    twin.push_to(pushes.send)
    if not spec.push.obeys:
        return (pushes,)
    questions = AskClient(spec.push.url, ca_file=ca_file, soon=soon)
    twin.ask_through(questions.ask)
    return (pushes, questions)


def _say_ready(_: TwinState) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _end_signals(*, watch_stdin: bool) -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    # Ctrl-C in a terminal reaches both parent and child. If there is a parent, the parent decides.
    loop.add_signal_handler(signal.SIGINT, lambda: None if watch_stdin else ended.set())
    if watch_stdin:
        # The parent holds the other end. When it dies for any reason, this end reads as closed.
        loop.add_reader(sys.stdin.fileno(), lambda: _read_stdin(loop, ended))
    return ended


def _read_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    if not sys.stdin.buffer.raw.read(4096):  # type: ignore[union-attr]
        loop.remove_reader(sys.stdin.fileno())
        ended.set()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m provisioner.twin.server.serve", description=__doc__)
    parser.add_argument("--twin", type=Path, required=True, help="the twin's YAML file")
    parser.add_argument("--state-file", type=Path, required=True, help="written when ready; the certificates go beside it")
    parser.add_argument("--scale", type=float, default=1.0, help="virtual seconds a real second")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0: any free one")
    parser.add_argument("--seed", type=int, help="instead of the twin file's")
    parser.add_argument("--epoch", type=float, help="the virtual time at the start, seconds since the epoch; default: now")
    parser.add_argument("--guests-file", type=Path, help="guests are read from it at the start, and written to it at the end")
    parser.add_argument("--end-with-stdin", action="store_true", help="end when standard input does, as when the parent dies")
    return parser


if __name__ == "__main__":
    sys.exit(main())
