"""`portfolioopt schema` prints the schemas."""

import json

import pytest

from portfolioopt.command import run
from portfolioopt.language.schema import instance_schema, model_schema


def test_the_schemas_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, schema in (([], instance_schema()), (["instance"], instance_schema()), (["model"], model_schema())):
        assert run(["schema", *arguments]) == 0
        assert json.loads(capsys.readouterr().out) == schema
