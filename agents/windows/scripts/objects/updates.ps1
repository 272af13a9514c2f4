# SPDX-License-Identifier: Apache-2.0
$results = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results
$searched = $results.LastSearchSuccessDate
$installed = $results.LastInstallationSuccessDate
@{
    searched  = if ($searched) { ConvertTo-Unix ([DateTime]::SpecifyKind($searched, 'Utc')) }
    installed = if ($installed) { ConvertTo-Unix ([DateTime]::SpecifyKind($installed, 'Utc')) }
}
