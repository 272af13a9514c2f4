# SPDX-License-Identifier: Apache-2.0
"""How osqueryd comes to a PC: its flag file, and a start-up script for PCs that nobody may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# To be replaced by whoever deploys; the start-up script and the role do it.
HUB: Final = "hub.example:8443"
_FOLDERS: Final[Mapping[str, str]] = {"linux": "/etc/osquery/", "windows": "C:\\Program Files\\osquery\\"}
# Source: osquery/flags and plugins/remote of 5.23. `tls_*` and `config_plugin` are read from the command line or here only.
_FLAGS: Final[tuple[tuple[str, str], ...]] = (
    ("host_identifier", "uuid"),
    ("enroll_tls_endpoint", "/api/osquery/enroll"),
    ("tls_enroll_max_attempts", "0"),
    ("config_plugin", "tls"),
    ("config_tls_endpoint", "/api/osquery/config"),
    ("config_refresh", "300"),
    ("logger_plugin", "tls"),
    ("logger_tls_endpoint", "/api/osquery/log"),
    ("logger_tls_period", "60"),
    # 60 lines of 1 MiB are what the hub takes at once.
    ("logger_tls_max_lines", "60"),
    ("logger_min_status", "1"),
    ("disable_distributed", "false"),
    ("distributed_plugin", "tls"),
    ("distributed_interval", "60"),
    ("distributed_tls_read_endpoint", "/api/osquery/distributed/read"),
    ("distributed_tls_write_endpoint", "/api/osquery/distributed/write"),
    ("disable_carver", "true"),
    ("disable_events", "true"),
    ("disable_watchdog", "false"),
    ("watchdog_level", "0"),
    ("extensions_default_index", "true"),
)


def flags(kind: str, hub: str = HUB) -> str:
    """Give the flag file of a kind, for a hub at `host:port`; a flag a line."""
    folder = _FOLDERS[kind]
    places = (("tls_hostname", hub), ("tls_server_certs", f"{folder}hub.pem"), ("enroll_secret_path", f"{folder}enroll_secret"))
    return "".join(f"--{name}={value}\n" for name, value in (*places, *_FLAGS))


def files(kinds: Collection[str]) -> dict[str, str]:
    """Give relative path -> text of what deploys osqueryd on these kinds."""
    found = {f"{kind}/osquery.flags": flags(kind) for kind in sorted(kinds)}
    if "windows" in kinds:
        # PowerShell 5.1 takes a script without a mark for the system's own encoding; it is ASCII, so any will do.
        found["windows/start-up.ps1"] = STARTUP.replace("\n", "\r\n")
    return found


# Only SIDs, hashes and exit codes: nothing in it depends on the language of Windows.
STARTUP: Final = r"""# SPDX-License-Identifier: Apache-2.0
# Start-up script for a GPO (Computer Configuration > Windows Settings > Scripts > Startup): installs osqueryd from a share and
# points it at the hub. Share: osquery.msi, osquery.flags, hub.pem, enroll_secret; readable by Domain Computers alone.
# Parameters of the script: -Share \\server\osquery -Sha256 <of osquery.msi> -Hub hub.example:8443
param(
    [Parameter(Mandatory = $true)][string]$Share,
    [Parameter(Mandatory = $true)][ValidatePattern('^[0-9A-Fa-f]{64}$')][string]$Sha256,
    [Parameter(Mandatory = $true)][ValidatePattern('^[A-Za-z0-9.-]+:[0-9]{1,5}$')][string]$Hub
)
$ErrorActionPreference = 'Stop'
$folder = Join-Path $env:ProgramFiles 'osquery'
$kept = Join-Path $folder 'installed.sha256'

$installed = if (Test-Path -LiteralPath $kept) { (Get-Content -LiteralPath $kept -TotalCount 1).Trim() } else { '' }
if ($installed -ne $Sha256) {
    # A copy of our own is hashed and installed: the share's file could change in between.
    $copy = Join-Path $env:SystemRoot ('Temp\osquery-' + [guid]::NewGuid().ToString() + '.msi')
    Copy-Item -LiteralPath (Join-Path $Share 'osquery.msi') -Destination $copy
    try {
        $found = (Get-FileHash -LiteralPath $copy -Algorithm SHA256).Hash
        if ($found -ne $Sha256) { throw "osquery.msi has SHA-256 $found, not the pinned $Sha256" }
        $arguments = @('/i', "`"$copy`"", '/qn', '/norestart')
        $done = Start-Process -FilePath "$env:SystemRoot\System32\msiexec.exe" -ArgumentList $arguments -Wait -PassThru
        # 3010: done, and a restart is due.
        if ($done.ExitCode -ne 0 -and $done.ExitCode -ne 3010) { throw "msiexec ended with $($done.ExitCode)" }
        Set-Content -LiteralPath $kept -Value $Sha256 -Encoding Ascii
    } finally {
        Remove-Item -LiteralPath $copy -Force -ErrorAction SilentlyContinue
    }
}

$flags = Get-Content -LiteralPath (Join-Path $Share 'osquery.flags') |
    ForEach-Object { $_ -replace '^--tls_hostname=.*$', "--tls_hostname=$Hub" }
$wanted = @{
    'osquery.flags' = ($flags -join "`r`n") + "`r`n"
    'hub.pem'       = [IO.File]::ReadAllText((Join-Path $Share 'hub.pem'))
    'enroll_secret' = [IO.File]::ReadAllText((Join-Path $Share 'enroll_secret')).Trim()
}
$changed = $false
foreach ($name in $wanted.Keys) {
    $path = Join-Path $folder $name
    $now = if (Test-Path -LiteralPath $path) { [IO.File]::ReadAllText($path) } else { $null }
    if ($now -cne $wanted[$name]) {
        [IO.File]::WriteAllText($path, $wanted[$name], (New-Object Text.UTF8Encoding($false)))
        $changed = $true
    }
}
# SYSTEM and Administrators, by SID, and nobody else: the secret lets a machine in.
$secret = Join-Path $folder 'enroll_secret'
& "$env:SystemRoot\System32\icacls.exe" $secret /inheritance:r /grant:r '*S-1-5-18:F' '*S-1-5-32-544:F' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "icacls ended with $LASTEXITCODE" }

Set-Service -Name osqueryd -StartupType Automatic
if ($changed) { Restart-Service -Name osqueryd -Force } else { Start-Service -Name osqueryd }
"""
