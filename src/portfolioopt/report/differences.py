"""What two runs were asked differently: facts and choices, key by key, in the names of their files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.writing import resolved

LONGEST = 60
"""Letters of a value."""
ABSENT = "-"


def differences(records: Sequence[Instance] | Sequence[Model]) -> list[tuple[str, tuple[str, ...]]]:
    """Keys whose values are not the same in all, each with its values; what is absent is a dash."""
    flat = [dict(_flat(resolved(record), "")) for record in records]
    keys = dict.fromkeys(key for each in flat for key in each)
    apart = [key for key in keys if len({each.get(key, ABSENT) for each in flat}) > 1]
    return [(key, tuple(_shown(each, key) for each in flat)) for key in apart]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Leaves by path; things in a list go by their id or name, so that their order does not matter."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and all(_name(item) for item in value):
        for item in value:
            yield from _flat(item, f"{path}.{_name(item)}")
    elif isinstance(value, list):
        yield path, f"[{', '.join(map(str, value))}]"
    else:
        yield path, str(value)


def _name(item: Any) -> str:
    """What a thing in a list is known by; empty where it has no name."""
    return str(item.get("id") or item.get("name") or "") if isinstance(item, Mapping) else ""


def _shown(flat: Mapping[str, str], key: str) -> str:
    text = flat.get(key, ABSENT)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
