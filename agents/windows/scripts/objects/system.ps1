# SPDX-License-Identifier: Apache-2.0
$os = Get-CimInstance Win32_OperatingSystem
$computer = Get-CimInstance Win32_ComputerSystem
$product = Get-CimInstance Win32_ComputerSystemProduct
$bios = Get-CimInstance Win32_BIOS
$board = Get-CimInstance Win32_BaseBoard
$chip = @(Get-CimInstance Win32_Processor)
@{
    version = $os.Version; build = $os.BuildNumber; sku = [int]$os.OperatingSystemSKU; product_type = [int]$os.ProductType
    installed = ConvertTo-Unix $os.InstallDate; booted = ConvertTo-Unix $os.LastBootUpTime; bits = 8 * [IntPtr]::Size
    architecture = [int]$chip[0].Architecture; offset_minutes = [int]$os.CurrentTimeZone
    name = $computer.Name; dns_name = $computer.DNSHostName; domain = $computer.Domain; part_of_domain = $computer.PartOfDomain
    domain_role = [int]$computer.DomainRole; manufacturer = $computer.Manufacturer; model = $computer.Model
    memory = $computer.TotalPhysicalMemory; sockets = $chip.Count; brand = $chip[0].Name
    cores = ($chip | Measure-Object NumberOfCores -Sum).Sum; threads = $computer.NumberOfLogicalProcessors
    admin_password = [int]$computer.AdminPasswordStatus; power_on_password = [int]$computer.PowerOnPasswordStatus
    uuid = $product.UUID; product_version = $product.Version; serial = $bios.SerialNumber
    bios_vendor = $bios.Manufacturer; bios_version = $bios.SMBIOSBIOSVersion; bios_date = ConvertTo-Unix $bios.ReleaseDate
    board_vendor = $board.Manufacturer; board_model = $board.Product; board_version = $board.Version; board_serial = $board.SerialNumber
}
