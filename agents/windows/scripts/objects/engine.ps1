# SPDX-License-Identifier: Apache-2.0
@{
    version = [string]$PSVersionTable.PSVersion
    mode = [string]$ExecutionContext.SessionState.LanguageMode
    culture = (Get-UICulture).Name
    left_behind = @([System.IO.Directory]::GetDirectories([System.IO.Path]::GetTempPath(), 'menshen-*')).Count
}
