# SPDX-License-Identifier: Apache-2.0
$found = @{ secure_boot = $null; setup_mode = $null; uefi = $true }
try {
    $found.secure_boot = [int](Get-SecureBootUEFI -Name SecureBoot).Bytes[0]
    $found.setup_mode = [int](Get-SecureBootUEFI -Name SetupMode).Bytes[0]
}
catch [System.PlatformNotSupportedException] { $found.uefi = $false }
$found
