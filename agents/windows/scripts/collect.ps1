# SPDX-License-Identifier: Apache-2.0
# Packs what was exported into a folder, the keys and objects that were asked for, and what could not be read, and why,
# into one zip on standard output. All it is given arrives as data; it changes nothing.
param($Order)
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.IO.Compression
$memory = New-Object System.IO.MemoryStream
$archive = New-Object System.IO.Compression.ZipArchive($memory, [System.IO.Compression.ZipArchiveMode]::Create, $true)

function Add-Entry([string]$Name, [byte[]]$Bytes) {
    $stream = $archive.CreateEntry($Name).Open()
    $stream.Write($Bytes, 0, $Bytes.Length)
    $stream.Dispose()
}

function Add-Document([string]$Name, $Document) {
    Add-Entry $Name ([System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $Document -Depth 6 -Compress)))
}

function ConvertTo-Unix($Moment) {
    if ($null -ne $Moment) { ([System.DateTimeOffset]$Moment).ToUnixTimeSeconds() }
}

function Get-Fault($Caught) {
    $deepest = $Caught.Exception
    while ($deepest.InnerException) { $deepest = $deepest.InnerException }
    @{ type = $deepest.GetType().FullName; code = $deepest.HResult; native = [int]$deepest.NativeErrorCode }
}

function Open-Key([string]$Path) {
    $hive, $rest = $Path.Split([char[]]'\', 2)
    $root = switch ($hive) {
        'HKEY_LOCAL_MACHINE' { [Microsoft.Win32.Registry]::LocalMachine }
        'HKEY_USERS' { [Microsoft.Win32.Registry]::Users }
    }
    if ($root -and $rest) { $root.OpenSubKey($rest) } else { $root }
}

function Get-KeyState([string]$Path) {
    try {
        if (Open-Key $Path) { 'there' } else { 'missing' }
    }
    catch { 'denied' }
}

function Read-Value($Key, [string]$Name) {
    $kind = [int]$Key.GetValueKind($Name)
    $data = $Key.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    if ($data -is [byte[]]) { $data = [Convert]::ToBase64String($data) }
    @{ name = $Name; kind = $kind; data = $data }
}

function Read-Key([string]$Path) {
    $found = @{ path = $Path; state = Get-KeyState $Path; subkeys = @(); values = @() }
    if ($found.state -eq 'there') {
        $key = Open-Key $Path
        $found.subkeys = @($key.GetSubKeyNames())
        $found.values = @($key.GetValueNames() | ForEach-Object { Read-Value $key $_ })
    }
    $found
}

$roots = @{}
foreach ($root in $Order.roots) { $roots[$root] = Get-KeyState $root }
$identity = New-Object System.Security.Principal.WindowsPrincipal([System.Security.Principal.WindowsIdentity]::GetCurrent())
Add-Document 'report.json' @{
    administrator = $identity.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
    now           = ConvertTo-Unix ([System.DateTimeOffset]::UtcNow)
    roots         = $roots
}
Add-Document 'keys.json' @{ keys = @($Order.keys | ForEach-Object { Read-Key $_ }) }
foreach ($script in $Order.scripts.PSObject.Properties) {
    try {
        $rows = @(& ([scriptblock]::Create($script.Value)) $Order.arguments)
        Add-Document "objects/$($script.Name).json" @{ rows = $rows }
    }
    catch {
        Add-Document "objects/$($script.Name).json" @{ fault = Get-Fault $_ }
    }
}
if ($Order.folder) {
    $folder = [System.Environment]::ExpandEnvironmentVariables($Order.folder)
    foreach ($file in [System.IO.Directory]::GetFiles($folder)) {
        Add-Entry "files/$([System.IO.Path]::GetFileName($file))" ([System.IO.File]::ReadAllBytes($file))
    }
}
$archive.Dispose()
[Console]::Out.Write("`nmenshen:$([Convert]::ToBase64String($memory.ToArray()))`n")
