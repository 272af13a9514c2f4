# SPDX-License-Identifier: Apache-2.0
Get-NetTCPConnection -State Listen | ForEach-Object {
    @{ pid = $_.OwningProcess; port = $_.LocalPort; protocol = 6; address = $_.LocalAddress }
}
Get-NetUDPEndpoint | ForEach-Object {
    @{ pid = $_.OwningProcess; port = $_.LocalPort; protocol = 17; address = $_.LocalAddress }
}
