"""What a mark says when it is pointed at, and whose mark it is, on their way through the drawing.

A mark's description holds the key and the words; `svg` takes them apart again.
"""

SEPARATOR = "|"


def tip(said: str, key: str = "") -> str:
    """The description of a mark; keys hold no separator."""
    return f"{key}{SEPARATOR}{said}"


def apart(description: str) -> tuple[str, str]:
    """Words and key of a description."""
    key, _, said = description.partition(SEPARATOR)
    return said, key
