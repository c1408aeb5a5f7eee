"""What `portfolioopt` exports exists, is listed, and costs nothing until it is used."""

import subprocess
import sys

import pytest

import portfolioopt


@pytest.mark.parametrize("name", portfolioopt.__all__)
def test_every_exported_name_exists(name: str) -> None:
    assert getattr(portfolioopt, name) is not None
    assert name in dir(portfolioopt)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = portfolioopt.nonsense


def test_importing_loads_nothing_else() -> None:
    code = (
        "import sys, portfolioopt; sys.exit(len([name for name in sys.modules if name.startswith('portfolioopt')]) - 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
