"""What a served twin keeps for its next start: port, certificates and token secrets. So its clients find it again.

Its guests are in a file of their own (`guests_file`).
"""

from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.model.twin_spec import TwinSpec
from provisioner.twin.server.state import TwinState
from provisioner.twin.server.tls import Certificates, usable_certificates

STATE_FILE = "twin.json"
GUESTS_FILE = "guests.json"
"""In the folder of a served twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Of an earlier start in the same folder."""

    port: int | None = None
    certificates: Certificates | None = None
    tokens: dict[str, str]
    """`user@realm!id` -> secret."""

    def give_secrets(self, spec: TwinSpec) -> TwinSpec:
        """The spec with the secrets that its tokens had."""
        tokens = tuple(
            replace(token, secret=self.tokens.get(f"{token.user}!{token.name}", token.secret)) for token in spec.tokens
        )
        return replace(spec, tokens=tokens)


def kept_in(folder: Path, *, now: float) -> Kept:
    """What is there of an earlier start; `now` in seconds since the epoch, for the certificates' dates."""
    try:
        state = TwinState.read(folder / STATE_FILE)
    except (OSError, ValueError, TypeError):
        return Kept(tokens={})
    return Kept(port=state.port, certificates=usable_certificates(folder, now=now), tokens=dict(state.tokens))
