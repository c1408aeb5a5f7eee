"""What decides an answer beside the question: our own code, and the versions of what it stands on.

Two processes of one edition give the same answer to the same point. Answers of other editions are never taken for
those of this one: they have other keys.
"""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from portfolioopt import __version__

DECIDING = ("highspy", "pyomo", "numpy", "scipy")
"""Packages whose version may change a plan, a bound or its last digits."""
ELSEWHERE = ("command", "report", "exchange", "comparison", "starter", "models")
"""Parts of ours that no answer depends on."""


@cache
def edition() -> dict[str, str]:
    """The version and a hash of our code, the versions beneath it, and the kind of machine."""
    found = {"portfolioopt": __version__, "code": _code()}
    for name in DECIDING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found | {"platform": f"{platform.system()} {platform.machine()}"}


def differences(other: dict[str, str]) -> str:
    """What another edition has otherwise, in words; empty where it is the same."""
    own = edition()
    names = [name for name in {**own, **other} if own.get(name) != other.get(name)]
    return ", ".join(f"{name} {own.get(name, 'missing')} instead of {other.get(name, 'none')}" for name in names)


def _code() -> str:
    """A hash of the source of whatever may decide an answer: in a checkout it changes while the version does not."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        place = path.relative_to(root).as_posix()
        if not place.startswith(tuple(f"{part}/" for part in ELSEWHERE)):
            digest.update(place.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
