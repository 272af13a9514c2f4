# SPDX-License-Identifier: Apache-2.0
$boot = @{}
Get-CimInstance Win32_DiskPartition -Filter 'BootPartition = TRUE' | ForEach-Object {
    Get-CimAssociatedInstance -InputObject $_ -ResultClassName Win32_LogicalDisk | ForEach-Object { $boot[$_.DeviceID] = $true }
}
Get-CimInstance Win32_LogicalDisk | ForEach-Object {
    @{
        device_id = $_.DeviceID; drive_type = [int]$_.DriveType; free_space = $_.FreeSpace; size = $_.Size
        file_system = $_.FileSystem; boot_partition = [bool]$boot[$_.DeviceID]
    }
}
