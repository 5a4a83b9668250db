"""LDIF content records (RFC 2849): what a directory holds, as a text file. No change records, no values by URL."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.named_files import read_text_named
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import Reason

LINE_CHARACTERS = 76
"""Longer lines are folded, as RFC 2849 advises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdifRecord:
    """One entry; attribute names as written, values as bytes, in the file's order."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(default_factory=dict, hash=False)


def read_ldif(path: Path) -> tuple[LdifRecord, ...]:
    """The file's records; raises OSError, or ValueError as `file:line: message`."""
    try:
        lines = read_text_named(path).split("\n")
    except UnicodeDecodeError as exc:
        raise ValueError(
            reasons.OF_SOURCE(source=str(path), why=reasons.LDIF_ENCODING(said=exc.reason, byte=exc.start))
        ) from exc
    return tuple(_record(path, block) for block in _blocks(_unfolded(lines)) if not _is_version(block))


def write_ldif(path: Path, records: Iterable[LdifRecord]) -> None:
    """Write the records as one file, that any LDAP server's tools read; raises OSError."""
    texts = ["version: 1\n", *(_text(record) for record in records)]
    path.write_text("\n".join(texts), encoding="utf-8")


_Line = tuple[int, str]


def _unfolded(lines: Iterable[str]) -> Iterator[_Line]:
    number, text = 0, ""
    for at, line in enumerate(lines, start=1):
        if line.startswith(" ") and text:
            text += line[1:]
            continue
        if number:
            yield number, text
        number, text = at, line
    if number:
        yield number, text


def _blocks(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for number, text in lines:
        if text.strip() and not text.startswith("#"):
            block.append((number, text))
        elif not text.strip() and block:
            yield block
            block = []
    if block:
        yield block


def _is_version(block: Sequence[_Line]) -> bool:
    return len(block) == 1 and block[0][1].lower().startswith("version:")


def _record(path: Path, block: Sequence[_Line]) -> LdifRecord:
    pairs = [_pair(path, number, text) for number, text in block]
    if pairs[0][0].lower() == "version":
        pairs = pairs[1:]
    if pairs[0][0].lower() != "dn":
        raise _error(path, block[0][0], reasons.LDIF_NO_DN(name=pairs[0][0]))
    attributes: dict[str, list[bytes]] = {}
    for name, value in pairs[1:]:
        attributes.setdefault(name, []).append(value)
    return LdifRecord(dn=_dn(path, block[0][0], pairs[0][1]), attributes=attributes)


def _pair(path: Path, number: int, text: str) -> tuple[str, bytes]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or value.startswith("<"):
        raise _error(path, number, reasons.LDIF_NO_PAIR())
    if not value.startswith(":"):
        return name, value.strip().encode()
    try:
        return name, base64.b64decode(value[1:].strip(), validate=True)
    except binascii.Error as exc:
        raise _error(path, number, reasons.LDIF_BASE64(name=name, said=str(exc))) from exc


def _dn(path: Path, number: int, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as exc:
        raise _error(path, number, reasons.LDIF_DN_ENCODING()) from exc


def _error(path: Path, line: int, why: Reason) -> ValueError:
    return ValueError(reasons.AT_LINE(path=str(path), line=line, why=why))


def _text(record: LdifRecord) -> str:
    pairs = [("dn", record.dn.encode())]
    pairs += [(name, value) for name, values in record.attributes.items() for value in values]
    return "".join(_line(name, value) for name, value in pairs)


def _line(name: str, value: bytes) -> str:
    safe = (
        value.isascii() and value.decode("ascii").isprintable() and value[:1] not in (b" ", b":", b"<") and value[-1:] != b" "
    )
    line = f"{name}: {value.decode()}" if safe else f"{name}:: {base64.b64encode(value).decode()}"
    return "\n ".join(_folded(line)) + "\n"


def _folded(line: str) -> Iterator[str]:
    yield line[:LINE_CHARACTERS]
    for start in range(LINE_CHARACTERS, len(line), LINE_CHARACTERS - 1):
        yield line[start : start + LINE_CHARACTERS - 1]
