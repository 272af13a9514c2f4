# SPDX-License-Identifier: Apache-2.0
$ErrorActionPreference = 'Stop'
$order = ConvertFrom-Json ([Console]::In.ReadToEnd())
& ([scriptblock]::Create($order.main)) $order
