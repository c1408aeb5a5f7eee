"""Colours that stay apart for every kind of colour vision (after Okabe and Ito), and never say anything alone.

Text in a chart is INK or QUIET; both keep a contrast of 4.5 to every fill they stand on.
"""

INK, QUIET, FAINT, GRID, PAPER = "#1a1f26", "#525c69", "#9aa4b0", "#dfe4ea", "#ffffff"
BLUE, SKY, GREEN, ORANGE, VERMILLION, PURPLE = "#0072b2", "#56b4e9", "#4fbf9b", "#e8ac3a", "#d55e00", "#b3589a"
GREY = "#c5ccd5"
KINDS = {"keep": GREY, "form": SKY, "expand": GREEN, "restructure": ORANGE, "exit": VERMILLION}
"""By the kind of action that led to where a partnership stands."""
KIND_WORDS = {
    "keep": "as today",
    "form": "formed",
    "expand": "expanded",
    "restructure": "restructured",
    "exit": "exit under way",
}
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, QUIET)
"""For things of one kind side by side."""
RAMP = ("#eef3f8", "#5aa0d6")
"""Nothing used, and all of it."""


def between(share: float, ends: tuple[str, str] = RAMP) -> str:
    """The colour at a share of the way, 0 to 1, from one end to the other."""
    share = min(max(share, 0.0), 1.0)
    low, high = ([int(end[at : at + 2], 16) for at in (1, 3, 5)] for end in ends)
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(low, high, strict=True))
