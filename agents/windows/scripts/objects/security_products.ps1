# SPDX-License-Identifier: Apache-2.0
$classes = @{ Antivirus = 'AntiVirusProduct'; Firewall = 'FirewallProduct'; Antispyware = 'AntiSpywareProduct' }
foreach ($kind in $classes.Keys) {
    Get-CimInstance -Namespace root/SecurityCenter2 -ClassName $classes[$kind] | ForEach-Object {
        @{
            type = $kind; name = $_.displayName; state = [int64]$_.productState; timestamp = $_.timestamp
            remediation_path = $_.pathToSignedReportingExe
        }
    }
}
