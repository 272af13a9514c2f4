# SPDX-License-Identifier: Apache-2.0
$service = New-Object -ComObject Schedule.Service
$service.Connect()
$folders = New-Object System.Collections.Queue
$folders.Enqueue($service.GetFolder('\'))
while ($folders.Count -gt 0) {
    $folder = $folders.Dequeue()
    foreach ($child in $folder.GetFolders(0)) { $folders.Enqueue($child) }
    foreach ($task in $folder.GetTasks(1)) {
        $actions = @($task.Definition.Actions | ForEach-Object { "$($_.Path) $($_.Arguments)".Trim() })
        @{
            name = $task.Name; path = $task.Path; enabled = $task.Enabled; state = [int]$task.State; actions = $actions
            hidden = $task.Definition.Settings.Hidden; last_run = ConvertTo-Unix $task.LastRunTime
            next_run = ConvertTo-Unix $task.NextRunTime; result = $task.LastTaskResult
        }
    }
}
