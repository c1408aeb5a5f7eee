"""`portfolioopt schema`: the JSON Schema of instance and model files, for editors that complete and check."""

import json
from typing import Annotated, Literal

import typer

from portfolioopt.command.talk import data


def schema_command(
    kind: Annotated[Literal["instance", "model"], typer.Argument(help="Which kind of file.")] = "instance",
) -> None:
    """Print the JSON Schema of instance or model files."""
    from portfolioopt.language.schema import instance_schema, model_schema

    data(json.dumps(instance_schema() if kind == "instance" else model_schema(), indent=1, ensure_ascii=False))
