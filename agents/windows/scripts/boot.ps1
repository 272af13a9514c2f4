# SPDX-License-Identifier: Apache-2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$order = ConvertFrom-Json -InputObject ($input | Out-String)
& ([scriptblock]::Create($order.main)) $order
