"""What to install on this system, as a command that can be copied."""

import shutil
from collections.abc import Mapping

_INSTALLERS = {"apt-get": "sudo apt-get install", "dnf": "sudo dnf install", "brew": "brew install"}


def install_command(packages: Mapping[str, str]) -> str:
    """The command that installs something here.

    Args:
        packages: what it is called by each package manager: ``apt-get``, ``dnf``, ``brew``.
    """
    for tool, command in _INSTALLERS.items():
        if tool in packages and shutil.which(tool):
            return f"{command} {packages[tool]}"
    names = ", ".join(dict.fromkeys(packages.values()))
    return f"install one of these with your package manager: {names}"
