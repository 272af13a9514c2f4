# SPDX-License-Identifier: Apache-2.0
"""The tools of the machine that tests compare with: which package brings each, and what to do where one is absent.

Run as a program it installs what is missing, when it may (root and apt), and says what it could not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

PATH: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
PACKAGES: Final[dict[str, str]] = {
    "apt-config": "apt",
    "dconf": "dconf-cli",
    "dpkg-query": "dpkg",
    "findmnt": "mount",
    "fusermount3": "fuse3",
    "getent": "libc-bin",
    "iasl": "acpica-tools",
    "ip": "iproute2",
    "lsblk": "util-linux",
    "lynis": "lynis",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "oscap": "openscap-scanner",
    "pdfinfo": "poppler-utils",
    "ps": "procps",
    "qemu-img": "qemu-utils",
    "qemu-system-x86_64": "qemu-system-x86",
    "qpdf": "qpdf",
    "setpriv": "util-linux",
    "snmpd": "snmpd",
    "snmpget": "snmp",
    "snmpset": "snmp",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
    "ss": "iproute2",
    "sudo": "sudo",
    "sysctl": "procps",
    "systemctl": "systemd",
    "unshare": "util-linux",
    "upsc": "nut-client",
    "wine": "wine",
    "zstd": "zstd",
}
# Packages that bring data rather than a program.
DATA_PACKAGES: Final[dict[str, str]] = {
    "/usr/lib/postgresql": "postgresql",
    "/usr/share/OVMF": "ovmf",
    "/usr/share/xml/scap/ssg/content": "ssg-debian",
    "/lib/nut/upsd": "nut-server",
    "/lib/nut/snmp-ups": "nut-snmp",
    "/usr/lib/wine/wine64": "wine64",
    "/usr/lib/python3/dist-packages/samba": "python3-samba",
}


def which(tool: str) -> str | None:
    """Find a tool where root would."""
    return shutil.which(tool, path=PATH)


def missing() -> list[str]:
    """List the Debian packages whose tools are not here."""
    tools = {package for tool, package in PACKAGES.items() if which(tool) is None}
    data = {package for path, package in DATA_PACKAGES.items() if not Path(path).exists()}
    return sorted(tools | data)


def need(tool: str) -> str:
    """Give the path of a tool, or skip the test that asks for it (under CI a skip is a failure, see conftest.py)."""
    import pytest  # noqa: PLC0415 - the set-up runs before pytest is there

    found = which(tool)
    if found is None:
        pytest.skip(f"{tool} is not here: apt-get install {PACKAGES[tool]}")
    return found


def need_root() -> None:
    """Skip a test that only root can run."""
    import pytest  # noqa: PLC0415 - the set-up runs before pytest is there

    if os.geteuid() != 0:
        pytest.skip("needs root")


# What an audit imports: little enough to be copied where nobody may read it.
AUDIT_PACKAGES: Final = (
    *("annotated_doc", "apsw", "markdown_it", "mdurl", "pygments"),
    *("rich", "shellingham", "typer", "yaml", "_yaml"),
)
ROOMS: Final = ("agents", "menshen", "policies", "reports")


def as_nobody(folder: Path, clone: Path, *arguments: object) -> str:
    """Run Menshen without any right from a copy in `folder`, and give what it prints.

    A clone or an interpreter may stand where nobody else may look (below /root): both are replaced by readable ones.
    """
    import pytest  # noqa: PLC0415 - the set-up runs before pytest is there

    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    python = python if Path(python).exists() else sys.executable
    for room in ROOMS:
        shutil.copytree(clone / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    site = Path(sysconfig.get_paths()["platlib"])
    for package in AUDIT_PACKAGES:
        if (site / package).is_dir():
            shutil.copytree(site / package, folder / "site" / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(site / "typing_extensions.py", folder / "site")
    environment = {
        "PATH": PATH,
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{folder}:{folder / 'site'}",
        "HOME": "/nonexistent",
        "MENSHEN_INVENTORY": "/nonexistent",
    }
    dropped = [need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", python]
    done = subprocess.run(
        [*dropped, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode in {126, 127}:
        pytest.skip(f"this machine has no Python {sys.version_info.major}.{sys.version_info.minor} that nobody may run")
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


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


def prepare() -> None:
    """Make what a service's start would have made: sshd checks its settings only where its empty folder is."""
    if os.geteuid() == 0 and which("sshd"):
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


if __name__ == "__main__":
    code = install()
    prepare()
    sys.exit(code)
