# SPDX-License-Identifier: GPL-3.0-or-later
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$folder = Join-Path ([IO.Path]::GetTempPath()) ('menshen-' + [guid]::NewGuid().ToString('N'))
$out = Join-Path $folder 'out'
$null = [IO.Directory]::CreateDirectory($out)
try {
    foreach ($line in $input) {
        $name, $data = $line -split ' ', 2
        if ($name -cnotmatch '^[a-z0-9.]{1,40}$') { throw 'not a name of a file' }
        [IO.File]::WriteAllBytes((Join-Path $folder $name), [Convert]::FromBase64String($data))
    }
    Set-Location -LiteralPath $folder
    & (Join-Path $env:SystemRoot 'System32\cmd.exe') /d /c run.cmd | Out-Null
    foreach ($file in [IO.Directory]::GetFiles($out)) {
        [IO.Path]::GetFileName($file) + ' ' + [Convert]::ToBase64String([IO.File]::ReadAllBytes($file))
    }
    'done'
} finally {
    Set-Location -LiteralPath $env:SystemRoot
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
