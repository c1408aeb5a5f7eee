"""The reference of the library: every public name, from `portfolioopt.__all__`, with what its docstring says."""

import inspect
from types import ModuleType

import portfolioopt

GROUPS = {
    "Read and solve": ("read_instance", "read_model", "read_plan", "read_cases", "solve", "Session"),
    "What is read, and what comes back": ("Instance", "Model", "Plan", "Result", "Audit"),
    "Cases and comparisons": ("Case", "Comparison", "what_if", "compare", "bridge"),
    "What goes wrong": (
        "PortfolioError", "InvalidInput", "InvalidInstance", "InvalidModel", "InvalidCase", "UnknownOption",
        "EngineFault",
    ),
}  # fmt: skip
STUDIES = "Studies"
"""Whatever is not named above is a study, or serves one."""


def groups() -> dict[str, list[str]]:
    """Every public name but the version, by the heading it stands under."""
    named = {name for names in GROUPS.values() for name in names}
    others = [name for name in portfolioopt.__all__ if name not in named and not name.startswith("_")]
    return {heading: list(names) for heading, names in GROUPS.items()} | {STUDIES: sorted(others, key=str.lower)}


def api() -> str:
    """Every name with its signature and docstring."""
    lines: list[str] = []
    for heading, names in groups().items():
        lines += [f"## {heading}", ""]
        for name in names:
            lines += _of(name)
    return "\n".join(lines)


def _of(name: str) -> list[str]:
    value = getattr(portfolioopt, name)
    if isinstance(value, ModuleType):
        return [f"### portfolioopt.{name}", "", *_functions(value)]
    directive = "autofunction" if inspect.isfunction(value) else "autoclass"
    home = f"{value.__module__}.{value.__qualname__}"
    lines = ["```{eval-rst}", f".. {directive}:: {home}"]
    if directive == "autoclass":
        lines += ["   :members:", "   :exclude-members: model_config, model_post_init"]
    return [f"### {name}", "", *lines, "```", ""]


def _functions(module: ModuleType) -> list[str]:
    """What a public module offers, one line each: its own `__all__`, or its functions."""
    doc = inspect.getdoc(module) or ""
    lines = [doc.split("\n\n")[0], ""]
    for name in getattr(module, "__all__", []):
        value = getattr(module, name)
        said = (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ") if callable(value) else ""
        lines += [f"- `{module.__name__}.{name}`{f': {said}' if said else ''}"]
    return [*lines, ""]
