"""Grants for the extension `guacamole-auth-json`: JSON, signed with HMAC-SHA256, then encrypted with AES-128 in CBC mode.

As Guacamole's manual says ("Encrypted JSON authentication"): the binary signature stands in front of the JSON, the initial
vector is zero (the signature makes the first blocks differ), the result is in base64. `expires` is in
milliseconds. `singleUse` of the whole lets the server take the text once, `singleUse` of the connection lets its person open it
once.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from provisioner.capabilities.brokers.settings import GrantSettings, GuacamoleSettings
from provisioner.model.lending import Grant, GrantTerms

_BLOCK_BYTES = 16


class GuacamoleGrants:
    """Makes grants. Asks nobody; any thread may use it."""

    def __init__(self, settings: GuacamoleSettings, grants: GrantSettings) -> None:
        self._url, self._parameters = settings.url, settings.parameters
        self._key = bytes.fromhex(grants.key.reveal())

    def grant(self, terms: GrantTerms) -> Grant:
        """A new one each time: two alike would be one for the server, and the second is refused there."""
        data = b64encode(_encrypted(_signed(self._content(terms), self._key), self._key)).decode()
        return Grant(terms=terms, reader="guacamole", data=data, url=f"{self._url}/#/?data={quote(data, safe='')}")

    def _content(self, terms: GrantTerms) -> bytes:
        connection = {
            "id": secrets.token_hex(16),
            "protocol": "rdp",
            "parameters": {**self._parameters, "hostname": terms.host, "port": str(terms.port)},
            "singleUse": True,
        }
        content = {
            "username": terms.login,
            "expires": int(terms.expires_at * 1000),
            "singleUse": True,
            "connections": {terms.desktop: connection},
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _signed(content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256) + content


def _encrypted(content: bytes, key: bytes) -> bytes:
    padder = PKCS7(8 * _BLOCK_BYTES).padder()
    encryptor = Cipher(AES(key), CBC(bytes(_BLOCK_BYTES))).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


__all__ = ["GuacamoleGrants"]
