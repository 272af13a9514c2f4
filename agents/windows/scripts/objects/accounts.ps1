# SPDX-License-Identifier: Apache-2.0
$profiles = @{}
Get-CimInstance Win32_UserProfile | ForEach-Object { $profiles[$_.SID] = $_.LocalPath }
Get-CimInstance Win32_UserAccount -Filter 'LocalAccount = TRUE' | ForEach-Object {
    @{ sid = $_.SID; name = $_.Name; description = $_.Description; disabled = $_.Disabled; local = $true; directory = $profiles[$_.SID] }
    $profiles.Remove($_.SID)
}
foreach ($sid in $profiles.Keys) {
    $name = $null
    try {
        $name = (New-Object System.Security.Principal.SecurityIdentifier($sid)).Translate([System.Security.Principal.NTAccount]).Value
    }
    catch { $name = $null }
    @{ sid = $sid; name = $name; local = $false; directory = $profiles[$sid] }
}
