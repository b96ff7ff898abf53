"""What everybody who imports the package can rely on."""

import {{ cookiecutter.__package }}


def test_the_package_says_its_version() -> None:
    assert {{ cookiecutter.__package }}.__version__.count(".") == 2
