"""A real PgBouncer on loopback before a PostgreSQL."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.postgres import PASSWORD, Postgres, as_account, folder_of_account
from tests.servers.processes import START_S, free_port, running

_CONFIG = """\
[databases]
{database} = host=127.0.0.1 port={behind}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
{settings}
"""


@contextmanager
def pgbouncer(server: Postgres, *, database: str, settings: str) -> Iterator[str]:
    """The URL of a store behind it. `settings`: lines of its configuration."""
    port = free_port()
    with folder_of_account() as folder:
        (folder / "users").write_text(f'"bascule" "{PASSWORD}"\n')
        text = _CONFIG.format(database=database, behind=server.port, port=port, folder=folder, settings=settings)
        (folder / "pgbouncer.ini").write_text(text)
        command = as_account(["/usr/sbin/pgbouncer", str(folder / "pgbouncer.ini")])
        with running(command, ports=(port,), log=folder / "log") as process:
            try:
                yield f"postgresql+psycopg://bascule:{PASSWORD}@127.0.0.1:{port}/{database}"
            finally:  # at once: SIGTERM would wait for every client to leave
                process.send_signal(signal.SIGQUIT)
                process.wait(timeout=START_S)
