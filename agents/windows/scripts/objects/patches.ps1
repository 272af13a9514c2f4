# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_QuickFixEngineering | ForEach-Object {
    @{
        csname = $_.CSName; hotfix_id = $_.HotFixID; caption = $_.Caption; description = $_.Description
        installed_by = $_.InstalledBy; installed = ConvertTo-Unix $_.InstalledOn
    }
}
