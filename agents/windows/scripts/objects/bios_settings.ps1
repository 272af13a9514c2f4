# SPDX-License-Identifier: Apache-2.0
$there = @(Get-CimInstance -Namespace root -ClassName __Namespace | ForEach-Object { $_.Name.ToLowerInvariant() })
if ($there -contains 'hp') {
    Get-CimInstance -Namespace root/hp/InstrumentedBIOS -ClassName HP_BIOSEnumeration | ForEach-Object {
        @{ source = 'hp'; name = $_.Name; value = $_.CurrentValue; possible = $_.PossibleValues -join ';'; read_only = [int]$_.IsReadOnly }
    }
}
if ($there -contains 'dcim') {
    Get-CimInstance -Namespace root/dcim/sysman/biosattributes -ClassName EnumerationAttribute | ForEach-Object {
        @{
            source = 'dell'; name = $_.AttributeName; value = $_.CurrentValue -join ','; possible = $_.PossibleValue -join ';'
            pending = $_.PendingValue -join ','; read_only = [int]$_.IsReadOnly
        }
    }
}
$classes = @(Get-CimClass -Namespace root/wmi | ForEach-Object { $_.CimClassName })
if ($classes -contains 'Lenovo_BiosSetting') {
    Get-CimInstance -Namespace root/wmi -ClassName Lenovo_BiosSetting | Where-Object { $_.CurrentSetting } | ForEach-Object {
        $name, $value = $_.CurrentSetting.Split([char[]]',', 2)
        @{ source = 'lenovo'; name = $name; value = $value }
    }
}
