"""What a desktop is answered that asks for the receiver's authority: the image has none, or an earlier one.

It asks over a connection that it cannot check yet. So the answer is signed with the secret of its boot, which Bascule has read
through the hypervisor, with what was asked: nobody between them can make one up, or give an earlier one.
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provisioner.named_files import read_named
from provisioner.sessions.push import Push
from provisioner.sessions.questions import AUTHORITY, answer_signature


def authority_answer(push: Push, secret: str, file: Path) -> tuple[str, str]:
    """The certificates of this file and nothing else that may be in it, and the signature. Raises OSError and ValueError."""
    made = x509.load_pem_x509_certificates(read_named(file))
    body = "".join(part.public_bytes(Encoding.PEM).decode() for part in made)
    return body, answer_signature(secret, push, AUTHORITY, body=body)


__all__ = ["authority_answer"]
