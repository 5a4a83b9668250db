"""`python -m provisioner.twin.server.serve`: one twin behind HTTPS on 127.0.0.1, until SIGTERM or its standard input ends."""

import argparse
import asyncio
import secrets
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.model.twin_spec import TwinSpec
from provisioner.settings.twins import load_twin
from provisioner.twin.engine.clock import clock_from
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.extra import require_extra
from provisioner.twin.server.state import TwinState
from provisioner.twin.server.tls import make_certificates
from provisioner.twin.twin import Twin


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
    asyncio.run(_serve(spec, options))
    return 0


async def _serve(spec: TwinSpec, options: argparse.Namespace) -> None:
    epoch0 = time.time() if options.epoch is None else options.epoch  # noqa: TID251 (where a served twin's time begins)
    certificates = make_certificates(options.state_file.parent, now=time.time())  # noqa: TID251 (real clients check real dates)
    control = secrets.token_urlsafe(24)
    clock = clock_from(epoch0, scale=options.scale)
    # Imported here because it fails without the extra.
    from provisioner.twin.server.http import HttpTwin

    face = HttpTwin(Twin(spec, EventHeap(epoch0)), clock, control=control)
    ended = _end_signals(watch_stdin=options.end_with_stdin)
    state = TwinState(
        port=await face.start(certificates, port=options.port),
        ca_file=str(certificates.ca),
        cluster=spec.name,
        epoch0=clock.epoch0,
        monotonic0=clock.monotonic0,
        scale=clock.scale,
        tokens={f"{token.user}!{token.name}": token.secret for token in spec.tokens},
        control=control,
    )
    state.write(options.state_file)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await ended.wait()
    await face.stop()


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
    parser.add_argument("--end-with-stdin", action="store_true", help="end when standard input does, as when the parent dies")
    return parser


if __name__ == "__main__":
    sys.exit(main())
