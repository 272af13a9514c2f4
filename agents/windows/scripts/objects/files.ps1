# SPDX-License-Identifier: Apache-2.0
# Lists files: `paths` as they are named, `patterns` with % for part of one level and %% at the end for all below. No link is
# followed. Whatever takes longer than `seconds`, or gives more than `limit` entries, is given up as a whole.
param($Wanted)
$until = [DateTime]::UtcNow.AddSeconds($Wanted.seconds)
$state = @{ seen = 0 }

function ConvertTo-Row($Info, [string]$Path) {
    $state.seen++
    if ($state.seen -gt $Wanted.limit -or [DateTime]::UtcNow -gt $until) { throw (New-Object System.TimeoutException) }
    $folder = ($Info.Attributes -band [System.IO.FileAttributes]::Directory) -ne 0
    @{
        path = $Path; attributes = [int]$Info.Attributes; folder = $folder
        size = if ($folder) { 0 } else { $Info.Length }
        mtime = ConvertTo-Unix $Info.LastWriteTimeUtc; atime = ConvertTo-Unix $Info.LastAccessTimeUtc
        btime = ConvertTo-Unix $Info.CreationTimeUtc
    }
}

function Get-Inside([string]$Folder) {
    $place = New-Object System.IO.DirectoryInfo("$Folder\")
    if ($place.Exists) { $place.GetFileSystemInfos() }
}

function Get-One([string]$Path) {
    if ([System.IO.Directory]::Exists($Path)) { ConvertTo-Row (New-Object System.IO.DirectoryInfo($Path)) $Path }
    elseif ([System.IO.File]::Exists($Path)) { ConvertTo-Row (New-Object System.IO.FileInfo($Path)) $Path }
}

function Get-Below([string]$Folder) {
    foreach ($info in Get-Inside $Folder) {
        $path = "$Folder\$($info.Name)"
        ConvertTo-Row $info $path
        $walked = ($info.Attributes -band [System.IO.FileAttributes]::Directory) -ne 0
        $linked = ($info.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0
        if ($walked -and -not $linked) { Get-Below $path }
    }
}

function Get-Match([string]$Folder, [string[]]$Levels) {
    $level = $Levels[0]
    $rest = @($Levels | Select-Object -Skip 1)
    if ($level -eq '%%' -and $rest.Count -eq 0) {
        Get-Below $Folder
        return
    }
    if (-not $level.Contains('%')) {
        if ($rest.Count -eq 0) { Get-One "$Folder\$level" } else { Get-Match "$Folder\$level" $rest }
        return
    }
    $form = '^' + [regex]::Escape($level).Replace('%', '.*') + '$'
    foreach ($info in Get-Inside $Folder | Where-Object { $_.Name -match $form }) {
        $path = "$Folder\$($info.Name)"
        if ($rest.Count -gt 0) { Get-Match $path $rest } else { ConvertTo-Row $info $path }
    }
}

foreach ($path in @($Wanted.paths)) { if ($path) { Get-One $path } }
foreach ($pattern in @($Wanted.patterns)) {
    if ($pattern) {
        $drive, $levels = $pattern.Split([char[]]'\')
        Get-Match $drive @($levels)
    }
}
