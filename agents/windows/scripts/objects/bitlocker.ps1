# SPDX-License-Identifier: Apache-2.0
Get-CimInstance -Namespace root/cimv2/Security/MicrosoftVolumeEncryption -ClassName Win32_EncryptableVolume | ForEach-Object {
    $volume = $_
    $conversion = Invoke-CimMethod -InputObject $volume -MethodName GetConversionStatus
    $method = Invoke-CimMethod -InputObject $volume -MethodName GetEncryptionMethod
    $protectors = Invoke-CimMethod -InputObject $volume -MethodName GetKeyProtectors -Arguments @{ KeyProtectorType = [uint32]0 }
    $kinds = @($protectors.VolumeKeyProtectorID | Where-Object { $_ } | ForEach-Object {
        [int](Invoke-CimMethod -InputObject $volume -MethodName GetKeyProtectorType -Arguments @{ VolumeKeyProtectorID = $_ }).KeyProtectorType
    })
    @{
        device_id = $volume.DeviceID; drive_letter = $volume.DriveLetter; persistent_volume_id = $volume.PersistentVolumeID
        protection_status = [int]$volume.ProtectionStatus; conversion_status = [int]$conversion.ConversionStatus
        percentage_encrypted = [int]$conversion.EncryptionPercentage; method = [int]$method.EncryptionMethod; protectors = $kinds
        version = [int](Invoke-CimMethod -InputObject $volume -MethodName GetVersion).Version
        lock_status = [int](Invoke-CimMethod -InputObject $volume -MethodName GetLockStatus).LockStatus
    }
}
