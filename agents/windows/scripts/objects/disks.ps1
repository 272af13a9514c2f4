# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_DiskDrive | ForEach-Object {
    @{
        partitions = $_.Partitions; disk_index = $_.Index; type = $_.InterfaceType; id = $_.DeviceID; pnp_device_id = $_.PNPDeviceID
        disk_size = $_.Size; manufacturer = $_.Manufacturer; hardware_model = $_.Model; name = $_.Name; serial = $_.SerialNumber
        description = $_.Description
    }
}
