# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_Process | ForEach-Object {
    @{
        pid = $_.ProcessId; name = $_.Name; path = $_.ExecutablePath; cmdline = $_.CommandLine; parent = $_.ParentProcessId
        threads = $_.ThreadCount; handles = $_.HandleCount; started = ConvertTo-Unix $_.CreationDate
        resident = $_.WorkingSetSize; total = $_.VirtualSize; user = $_.UserModeTime; kernel = $_.KernelModeTime
    }
}
