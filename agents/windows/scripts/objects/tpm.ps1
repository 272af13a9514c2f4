# SPDX-License-Identifier: Apache-2.0
Get-CimInstance -Namespace root/cimv2/Security/MicrosoftTpm -ClassName Win32_Tpm | ForEach-Object {
    @{
        activated = $_.IsActivated_InitialValue; enabled = $_.IsEnabled_InitialValue; owned = $_.IsOwned_InitialValue
        manufacturer_version = $_.ManufacturerVersion; manufacturer_id = $_.ManufacturerId
        manufacturer_name = $_.ManufacturerIdTxt; product_name = $_.ManufacturerVersionInfo
        physical_presence_version = $_.PhysicalPresenceVersionInfo; spec_version = $_.SpecVersion
    }
}
