"""Parameter checks of the twin's API, with Proxmox VE's own texts.

`apischema.json` in this folder is extracted from the API description of Proxmox VE 9.2 (the data of its API viewer): for each
method the twin answers, its parameters and the permission it needs. One property on each line; methods refer to properties by
number. A named format that is not listed here accepts every value.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from provisioner.twin.access.access import PRIVILEGES

Property = Mapping[str, Any]

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INDEXED = re.compile(r"(.*?[a-z])\d+")
_UNKNOWN = "property is not defined in schema and the schema does not allow additional properties"
_MISSING = "property is missing and it is not optional"


class Method:
    """The parameters and permission of one method."""

    def __init__(self, description: Mapping[str, Any], properties: list[Property]) -> None:
        self.params: dict[str, Property] = {name: properties[number] for name, number in description["params"].items()}
        self.check: list[Any] | None = description.get("check")
        """Proxmox VE's permission expression; None: only the handler checks."""
        self.world: bool = bool(description.get("world"))
        """Open without a ticket."""
        self._open: bool = bool(description.get("open"))
        self._required = [name for name, prop in self.params.items() if not prop.get("optional")]

    def errors(self, params: Mapping[str, str]) -> dict[str, str]:
        """The errors in these parameters (with the path's), by name."""
        errors = {name: text for name, value in params.items() if (text := self._error(name, value))}
        errors.update({name: _MISSING for name in self._required if name not in params})
        for name in params:
            needs = self.params.get(name, {}).get("requires")
            if needs and needs not in params:
                errors.setdefault(needs, f"missing property required by '{name}'")
        return errors

    def _error(self, name: str, value: str) -> str | None:
        prop = self.params.get(name)
        if prop is None and (indexed := _INDEXED.fullmatch(name)):
            prop = self.params.get(f"{indexed[1]}[n]")
        if prop is None:
            return None if self._open else _UNKNOWN
        return value_error(prop, value, at=name)


@cache
def methods() -> Mapping[str, Method]:
    """Every method in the twin's schema, by `POST /nodes/{node}/qemu`."""
    text = files(__package__).joinpath("apischema.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return {name: Method(description, data["properties"]) for name, description in data["methods"].items()}


def value_error(prop: Property, value: str, *, at: str) -> str | None:
    """The error in one value; None: it is valid."""
    if wrong_type := _type_error(prop.get("type", "string"), value):
        return wrong_type
    if "format" in prop:
        try:
            _check_format(prop["format"], value, at)
        except FormatError as error:
            return f"invalid format - {error}\n"
    return next(_limits(prop, value), None)


def _type_error(kind: str, value: str) -> str | None:
    pattern = {"integer": _INTEGER, "number": _NUMBER, "boolean": re.compile("[01]")}.get(kind)
    if pattern is None or pattern.fullmatch(value):
        return None
    return f"type check ('{kind}') failed - got '{value}'"


def _limits(prop: Property, value: str) -> Iterator[str]:
    if "pattern" in prop and not re.fullmatch(prop["pattern"], value):
        yield "value does not match the regex pattern"
    if "maxLength" in prop and len(value) > prop["maxLength"]:
        yield f"value may only be {prop['maxLength']} characters long"
    if "minLength" in prop and len(value) < prop["minLength"]:
        yield f"value must be at least {prop['minLength']} characters long"
    if _NUMBER.fullmatch(value):
        if "maximum" in prop and float(value) > prop["maximum"]:
            yield f"value must have a maximum value of {prop['maximum']}"
        if "minimum" in prop and float(value) < prop["minimum"]:
            yield f"value must have a minimum value of {prop['minimum']}"
    if "enum" in prop and value not in prop["enum"]:
        yield f"value '{value}' does not have a value in the enumeration '{', '.join(prop['enum'])}'"


def _check_format(kind: str | Mapping[str, Property], value: str, at: str) -> None:
    if not isinstance(kind, str):
        _check_structure(kind, value, at)
    elif kind in STRUCTURES:
        _check_structure(STRUCTURES[kind], value, at)
    elif kind.endswith("-list"):
        for part in re.split(r"[,;\s\0]+", value):
            if part:
                _check_format(kind.removesuffix("-list"), part, at)
    elif kind in FORMATS:
        FORMATS[kind](value)


def _check_structure(members: Mapping[str, Property], value: str, at: str) -> None:
    params = _members(members, value)
    errors = {}
    for name, text in params.items():
        errors[name] = value_error(members[name], text, at=f"{at}.{name}") if name in members else _UNKNOWN
    for name, prop in members.items():
        if name not in params and not prop.get("optional") and "alias" not in prop:
            errors[name] = _MISSING
    for name in params:
        needs = members.get(name, {}).get("requires")
        if needs and needs not in params:
            errors[needs] = f"missing property required by '{at}.{name}'"
    lines = [f"{at}.{name}: {text}\n" for name, text in sorted(errors.items()) if text]
    if lines:
        raise FormatError("format error\n" + "".join(lines).removesuffix("\n"))


def _members(members: Mapping[str, Property], value: str) -> dict[str, str]:
    """Parse a property string: `virtio=02:…,bridge=vmbr0` -> model, macaddr, bridge."""
    default = next((name for name, prop in members.items() if prop.get("default_key")), None)
    params: dict[str, str] = {}
    for part in filter(None, value.split(",")):
        name, equals, text = part.partition("=")
        if not equals:
            if default is None:
                raise FormatError("value without key, but schema does not define a default key")
            name, text = default, part
        prop = members.get(name, {})
        if "keyAlias" in prop:
            params[prop["keyAlias"]] = name
        name = prop.get("alias", name)
        if name in params:
            raise FormatError(f"duplicate key in comma-separated list property: {name}")
        kind = members.get(name, {}).get("type")
        params[name] = _as_boolean(text) if kind == "boolean" else text
    return params


def _as_boolean(text: str) -> str:
    """In a property string, unlike in a form, words are booleans, too."""
    lowered = text.lower()
    if lowered in ("1", "on", "yes", "true"):
        return "1"
    return "0" if lowered in ("0", "off", "no", "false") else text


class FormatError(ValueError):
    """A value does not match its format. The text is Proxmox VE's, without its last newline."""


def _matching(pattern: str, text: str) -> Callable[[str], None]:
    compiled = re.compile(pattern)

    def check(value: str) -> None:
        if not compiled.fullmatch(value):
            raise FormatError(text.format(value))

    return check


def _privilege(value: str) -> None:
    if value not in PRIVILEGES:
        raise FormatError(f"invalid privilege '{value}'")


def _urlencoded(value: str) -> None:
    if not re.fullmatch(r"[-%a-zA-Z0-9_.!~*'()]*", value):
        raise FormatError(f"invalid urlencoded string: {value}")


def _network(version: int, *words: str) -> Callable[[str], None]:
    kind = ipaddress.IPv4Interface if version == 4 else ipaddress.IPv6Interface

    def check(value: str) -> None:
        if value in words:
            return
        try:
            if "/" in value and kind(value):
                return
        except ValueError:
            pass
        raise FormatError(f"value does not look like a valid ipv{version} network configuration")

    return check


def _address(version: int) -> Callable[[str], None]:
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address

    def check(value: str) -> None:
        try:
            kind(value)
        except ValueError:
            raise FormatError(f"value does not look like a valid IPv{version} address") from None

    return check


def _boot_devices(value: str) -> None:
    for device in filter(None, value.split(";")):
        if not re.fullmatch(r"(ide|sata|scsi|virtio|net|hostpci|usb|efidisk|tpmstate)\d+", device):
            raise FormatError(f"invalid boot device '{device}'")


_REALM = r"[A-Za-z][A-Za-z0-9._\-]+"
_USER = rf"[^\s:/]+@{_REALM}"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-]*[a-zA-Z0-9])?"

FORMATS: Mapping[str, Callable[[str], None]] = {
    "pve-vmid": _matching(r"[1-9][0-9]{2,8}", "value does not look like a valid VM ID"),
    "dns-name": _matching(rf"{_LABEL}(?:\.{_LABEL})*", "value does not look like a valid DNS name"),
    "pve-node": _matching(_LABEL, "value does not look like a valid node name"),
    "pve-tag": _matching(r"[a-zA-Z0-9_][a-zA-Z0-9_\-+.]*", "invalid characters in tag"),
    "pve-configid": _matching(r"[a-zA-Z][a-zA-Z0-9_\-]+", "invalid configuration ID '{}'"),
    "pve-storage-id": _matching(r"[a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9]", "storage ID '{}' contains illegal characters"),
    "pve-poolid": _matching(r"[A-Za-z0-9._\-]+(?:/[A-Za-z0-9._\-]+){0,2}", "pool name '{}' contains invalid characters"),
    "pve-userid": _matching(_USER, "value '{}' does not look like a valid user name"),
    "pve-tokenid": _matching(rf"{_USER}!{_REALM}", "value '{}' does not look like a valid token ID"),
    "pve-groupid": _matching(r"[A-Za-z0-9._\-]+", "group name '{}' contains invalid characters"),
    "pve-roleid": _matching(r"[A-Za-z0-9._\-]+", "role name '{}' contains invalid characters"),
    "pve-priv": _privilege,
    "urlencoded": _urlencoded,
    "ipv4-config": _network(4, "dhcp"),
    "ipv6-config": _network(6, "dhcp", "auto"),
    "ipv4": _address(4),
    "ipv6": _address(6),
    "boot-devices": _boot_devices,
}  # fmt: skip

STRUCTURES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "pve-qm-ipconfig": {
        "ip": {"type": "string", "format": "ipv4-config", "optional": 1},
        "gw": {"type": "string", "format": "ipv4", "optional": 1, "requires": "ip"},
        "ip6": {"type": "string", "format": "ipv6-config", "optional": 1},
        "gw6": {"type": "string", "format": "ipv6", "optional": 1, "requires": "ip6"},
    },
    "pve-qm-boot": {
        "legacy": {"type": "string", "pattern": "[acdn]{1,4}", "optional": 1, "default_key": 1},
        "order": {"type": "string", "format": "boot-devices", "optional": 1},
    },
    "pve-startup-order": {
        "order": {"type": "integer", "minimum": 0, "optional": 1, "default_key": 1},
        "up": {"type": "integer", "minimum": 0, "optional": 1},
        "down": {"type": "integer", "minimum": 0, "optional": 1},
    },
}
"""Property strings whose members are missing in the published description."""
