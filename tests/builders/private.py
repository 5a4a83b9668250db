"""Files of secrets, as they have to be."""

from pathlib import Path


def a_secret_file(path: Path, text: str) -> Path:
    """For its owner alone."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
    return path
