# SPDX-License-Identifier: Apache-2.0
$computer = [ADSI]"WinNT://$($env:COMPUTERNAME),computer"
$computer.Children | Where-Object { $_.SchemaClassName -eq 'group' } | ForEach-Object {
    $group = $_
    $members = @($group.Invoke('Members') | ForEach-Object {
        $bytes = $_.GetType().InvokeMember('objectSid', 'GetProperty', $null, $_, $null)
        (New-Object System.Security.Principal.SecurityIdentifier($bytes, 0)).Value
    })
    $sid = (New-Object System.Security.Principal.SecurityIdentifier($group.objectSid.Value, 0)).Value
    @{ sid = $sid; name = [string]$group.Name; description = [string]$group.Description; members = $members }
}
