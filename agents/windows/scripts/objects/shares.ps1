# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_Share | ForEach-Object {
    @{
        name = $_.Name; path = $_.Path; type = [int64]$_.Type; description = $_.Description; status = $_.Status
        allow_maximum = $_.AllowMaximum; maximum_allowed = $_.MaximumAllowed
    }
}
