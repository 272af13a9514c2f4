# SPDX-License-Identifier: GPL-3.0-or-later
# What no command tells without words: members of local groups by SID, and how drives are encrypted, in numbers.
$ErrorActionPreference = 'SilentlyContinue'
foreach ($sid in Get-Content -LiteralPath (Join-Path $PSScriptRoot 'groups.txt')) {
    $account = (New-Object Security.Principal.SecurityIdentifier $sid).Translate([Security.Principal.NTAccount]).Value
    if (-not $account) { continue }
    $group = [ADSI]('WinNT://./' + ($account -split '\\')[-1] + ',group')
    "group $sid"
    foreach ($member in @($group.Invoke('Members'))) {
        $bytes = $member.GetType().InvokeMember('objectSid', 'GetProperty', $null, $member, $null)
        'member ' + $sid + ' ' + (New-Object Security.Principal.SecurityIdentifier @([byte[]]$bytes, 0)).Value
    }
}
$space = 'root/cimv2/Security/MicrosoftVolumeEncryption'
foreach ($volume in Get-CimInstance -Namespace $space -ClassName Win32_EncryptableVolume) {
    "drive -$($volume.DriveLetter) $($volume.ProtectionStatus) $($volume.ConversionStatus) $($volume.EncryptionMethod)"
}
