# SPDX-License-Identifier: Apache-2.0
$there = @(Get-CimInstance -Namespace root -ClassName __Namespace | ForEach-Object { $_.Name.ToLowerInvariant() })
if ($there -contains 'hp') {
    try {
        $settings = @(Get-CimInstance -Namespace root/hp/InstrumentedBIOS -ClassName HP_BIOSSetting -ErrorAction Stop)
        $settings | Where-Object { $null -ne $_.IsSet } | ForEach-Object { @{ source = 'hp'; name = $_.Name; is_set = [int]$_.IsSet } }
        $settings | Where-Object { $_.Name -eq 'Enhanced BIOS Authentication Mode' } | ForEach-Object {
            @{ source = 'hp'; name = $_.Name; value = $_.CurrentValue }
        }
    } catch { @{ source = 'hp'; error = $_.Exception.HResult } }
}
if ($there -contains 'dcim') {
    try {
        Get-CimInstance -Namespace root/dcim/sysman/wmisecurity -ClassName PasswordObject -ErrorAction Stop | ForEach-Object {
            @{ source = 'dell'; name = $_.NameId; is_set = [int]$_.IsPasswordSet }
        }
    } catch { @{ source = 'dell'; error = $_.Exception.HResult } }
}
try {
    Get-CimInstance -Namespace root/wmi -ClassName Lenovo_BiosPasswordSettings -ErrorAction Stop | ForEach-Object {
        @{ source = 'lenovo'; state = [int]$_.PasswordState }
    }
} catch { @{ source = 'lenovo'; error = $_.Exception.HResult } }
