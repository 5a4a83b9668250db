"""What Guacamole makes of a grant, from its manual alone: an independent decoder, and a server with its own clock."""

import hashlib
import hmac
import json
import subprocess
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from provisioner.capabilities.brokers.grants import GuacamoleGrants
from provisioner.capabilities.brokers.settings import GrantSettings, GuacamoleSettings
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.lending import GrantRules, GrantTerms
from provisioner.settings.secret import Secret

KEY = "4c0b569e4c96df157eee1b65dd0e4d41"
NOW = 1_790_000_000.0
_SIGNATURE_BYTES = 32


def some_grants(rules: GrantRules | None = None, **parameters: str) -> GuacamoleGrants:
    settings = GrantSettings(key=Secret(KEY), rules=rules or GrantRules())
    return GuacamoleGrants(
        GuacamoleSettings(url="https://bureau.dep.example/guacamole", parameters=parameters, grants=settings), settings
    )


def some_terms(**changed: Any) -> GrantTerms:
    given = {"login": "émilie", "desktop": DesktopName("vd-5001"), "host": "10.40.0.7", "port": 3389, "expires_at": NOW + 60}
    return GrantTerms(**{**given, **changed})


def openssl(*arguments: str, content: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=content, capture_output=True, check=True).stdout


def decoded_by_openssl(data: str, key: str = KEY) -> Any:
    """The content of a grant, or an AssertionError: its signature is wrong."""
    plain = openssl("enc", "-d", "-aes-128-cbc", "-K", key, "-iv", "0" * 32, content=b64decode(data, validate=True))
    signature, content = plain[:_SIGNATURE_BYTES], plain[_SIGNATURE_BYTES:]
    assert signature == openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary", content=content)
    return json.loads(content)


@dataclass
class GrantServer:
    """A server of Guacamole with the extension: takes a grant at most once, while it is good by the server's own clock."""

    key: bytes = bytes.fromhex(KEY)
    used: dict[bytes, float] = field(default_factory=dict)
    """Signatures of grants that were used, with the end of each, as the extension keeps them in memory."""

    def opens(self, data: str, *, at: Instant) -> Any:
        """What the grant opens at this time of the server's clock; None: it is refused."""
        decryptor = Cipher(AES(self.key), CBC(bytes(16))).decryptor()
        padded = decryptor.update(b64decode(data)) + decryptor.finalize()
        plain = padded[: -padded[-1]]
        signature, content = plain[:_SIGNATURE_BYTES], plain[_SIGNATURE_BYTES:]
        if signature != hmac.digest(self.key, content, hashlib.sha256):
            return None
        grant = json.loads(content)
        self.used = {each: until for each, until in self.used.items() if until >= at * 1000}
        if at * 1000 > grant["expires"] or (grant.get("singleUse") and signature in self.used):
            return None
        self.used[signature] = grant["expires"]
        return grant
