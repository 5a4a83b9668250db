"""`python -m tests.scenarios.record [NAME …]`: play scenarios and write what they say as their expected logs. Read the diff."""

import sys

from tests.scenarios.ending import end_of
from tests.scenarios.folder import Folder, folder_names
from tests.scenarios.play import Play


def record(name: str) -> None:
    """Play one and keep its log."""
    folder = Folder.read(name)
    play = Play(folder).run()
    log = play.log
    folder.log_file.write_text("\n".join(log) + "\n", encoding="utf-8")
    print(f"{name}: {len(log)} lines; {end_of(play).model_dump(exclude_defaults=True)}")
    for fault in play.witness.wrong:
        print(f"  {fault}")


def main() -> None:
    """The command."""
    for name in sys.argv[1:] or folder_names():
        record(name)


if __name__ == "__main__":
    main()
