"""The `bascule` command."""


def main() -> None:
    """Filled in later in this change."""
    raise SystemExit("bascule: the commands are not there yet")
