"""Tables that stand beside a scenario: CSV with a first line that names the columns."""

import csv
from collections.abc import Sequence
from pathlib import Path as FilePath

from provisioner.named_files import read_named
from provisioner.reasons.files import FILE_ENCODING, FILE_UNREADABLE, NO_FILE
from provisioner.reasons.scenarios import LOGINS_NO_COLUMN
from provisioner.settings.yaml_lines import MAX_BYTES


def read_table(file: FilePath, columns: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """These columns of a CSV file with commas, semicolons or tabs, each row with the number of its line.

    Rows that are empty there are left out, and missing cells are empty. Raises ValueError and csv.Error.
    """
    try:
        raw = read_named(file, most=MAX_BYTES)
    except OSError as error:
        raise ValueError(FILE_UNREADABLE(said=error.strerror or NO_FILE())) from error
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(FILE_ENCODING()) from None
    delimiter = max(";,\t", key=lines[0].count) if lines else ","
    rows = list(csv.reader(lines, delimiter=delimiter))
    places = _places([name.strip().lower() for name in rows[0]] if rows else [], columns)
    cells = ((line, tuple(row[at].strip() if at < len(row) else "" for at in places)) for line, row in enumerate(rows[1:], 2))
    return [(line, row) for line, row in cells if any(row)]


def _places(names: list[str], columns: Sequence[str]) -> list[int]:
    for column in columns:
        if column not in names:
            raise ValueError(LOGINS_NO_COLUMN(column=column))
    return [names.index(column) for column in columns]
