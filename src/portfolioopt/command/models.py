"""`portfolioopt models`: the models that come with portfolioopt."""

from pathlib import Path

from portfolioopt.command.talk import data, harmless


def models_command() -> None:
    """List the models that come with portfolioopt."""
    from portfolioopt.language.reading import read_model, shipped_models

    shipped = shipped_models()
    width = max(map(len, shipped), default=0)
    for name, path in shipped.items():
        said = read_model(name).description.partition("\n")[0] or _first_comment(path)
        data(harmless(f"{name:<{width}}  {said}"))


def _first_comment(path: Path) -> str:
    """What a model's file says it is for, in its first line."""
    with path.open(encoding="utf-8") as file:
        first = file.readline().strip()
    return first.removeprefix("#").strip() if first.startswith("#") else ""
