# SPDX-License-Identifier: Apache-2.0
"""The tools of the machine that tests compare with: which package brings each, and what to do where one is absent.

Run as a program it installs what is missing, when it may (root and apt), and says what it could not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

PATH: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
PACKAGES: Final[dict[str, str]] = {
    "apt-config": "apt",
    "dconf": "dconf-cli",
    "dpkg-query": "dpkg",
    "findmnt": "mount",
    "getent": "libc-bin",
    "ip": "iproute2",
    "lsblk": "util-linux",
    "lynis": "lynis",
    "nft": "nftables",
    "oscap": "openscap-scanner",
    "pdfinfo": "poppler-utils",
    "ps": "procps",
    "qpdf": "qpdf",
    "setpriv": "util-linux",
    "sshd": "openssh-server",
    "ss": "iproute2",
    "sysctl": "procps",
}
# Packages that bring data rather than a program.
DATA_PACKAGES: Final[dict[str, str]] = {"/usr/share/xml/scap/ssg/content": "ssg-debian"}


def which(tool: str) -> str | None:
    """Find a tool where root would."""
    return shutil.which(tool, path=PATH)


def missing() -> list[str]:
    """List the Debian packages whose tools are not here."""
    tools = {package for tool, package in PACKAGES.items() if which(tool) is None}
    data = {package for path, package in DATA_PACKAGES.items() if not os.path.exists(path)}
    return sorted(tools | data)


def need(tool: str) -> str:
    """Give the path of a tool, or skip the test that asks for it (under CI a skip is a failure, see conftest.py)."""
    import pytest

    found = which(tool)
    if found is None:
        pytest.skip(f"{tool} is not here: apt-get install {PACKAGES[tool]}")
    return found


def need_root() -> None:
    """Skip a test that only root can run."""
    import pytest

    if os.geteuid() != 0:
        pytest.skip("needs root")


def install() -> int:
    """Install what is missing; 0 also where that is not possible, since tests then say what they skipped."""
    packages = missing()
    if not packages:
        return 0
    if os.geteuid() != 0 or which("apt-get") is None:
        print(f"tests will skip what needs: {' '.join(packages)} (apt-get install them as root)", file=sys.stderr)
        return 0
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"installing for the tests: {' '.join(packages)}", file=sys.stderr)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"{' '.join(command)} failed: tests will skip what needs it", file=sys.stderr)
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(install())
