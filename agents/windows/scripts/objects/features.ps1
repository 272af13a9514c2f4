# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_OptionalFeature | ForEach-Object { @{ name = $_.Name; caption = $_.Caption; state = [int]$_.InstallState } }
