"""How wide text is, so that labels can be cut or left out before they run into each other.

Charts are lettered in Arial or a face of the same widths (Liberation Sans, Helvetica, Arimo). Widths are those of the
Adobe font metrics of Helvetica, in thousandths of the size; letters that they do not hold count as wide ones.
"""

FACE = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"
SIZE, SMALL = 12, 11
NARROW, ROUND, WIDE = 278, 556, 1000
WIDTHS = {
    **dict.fromkeys("ijl", 222),
    "'": 191,
    "|": 260,
    **dict.fromkeys(" !,./:;I[\\]ft", NARROW),
    **dict.fromkeys("()-`r", 333),
    '"': 355,
    "*": 389,
    "^": 469,
    **dict.fromkeys("Jcksvxyz", 500),
    **dict.fromkeys("$#0123456789?L_abdeghnopqu", ROUND),
    **dict.fromkeys("+<=>~", 584),
    **dict.fromkeys("FTZ", 611),
    **dict.fromkeys("&ABEKPSVXY", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("Mm", 833),
    "%": 889,
    "W": 944,
    "@": 1015,
    "{": 334,
    "}": 334,
    "–": 556,
    "…": 1000,
    "·": 278,
    "−": 584,
}
BOLD = 1.08
"""How much wider bold letters are, about."""


def width_of(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Pixels that a line of text takes."""
    thousandths = sum(WIDTHS.get(letter, 611 if letter.isascii() or letter.isalpha() else WIDE) for letter in text)
    return thousandths * size / 1000 * (BOLD if bold else 1)


def fitted(text: str, room: float, size: float = SIZE, *, bold: bool = False) -> str:
    """The text, cut with … where it is too long; empty where not even a few letters fit."""
    if width_of(text, size, bold=bold) <= room:
        return text
    for length in range(len(text) - 1, 1, -1):
        cut = f"{text[:length].rstrip()}…"
        if width_of(cut, size, bold=bold) <= room:
            return cut
    return ""


def lines_of(text: str, room: float, size: float = SIZE, most: int = 2) -> list[str]:
    """The text broken after words into at most so many lines, the last of them cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        taken = words.pop(0)
        while words and width_of(f"{taken} {words[0]}", size) <= room:
            taken += f" {words.pop(0)}"
        lines.append(fitted(taken, room, size))
    if words:
        lines.append(fitted(" ".join(words), room, size))
    return [line for line in lines if line]
