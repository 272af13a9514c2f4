# SPDX-License-Identifier: Apache-2.0
$more = @{}
Get-CimInstance Win32_Service | ForEach-Object { $more[$_.Name] = $_ }
Get-Service | ForEach-Object {
    $other = $more[$_.Name]
    @{
        name = $_.Name; display_name = $_.DisplayName; status = [int]$_.Status; start_type = [int]$_.StartType
        service_type = [int]$_.ServiceType; pid = $other.ProcessId; path = $other.PathName; user_account = $other.StartName
        win32_exit_code = $other.ExitCode; service_exit_code = $other.ServiceSpecificExitCode
    }
}
