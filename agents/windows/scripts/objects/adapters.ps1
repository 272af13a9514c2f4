# SPDX-License-Identifier: Apache-2.0
$settings = @{}
Get-CimInstance Win32_NetworkAdapterConfiguration | ForEach-Object { $settings[[int]$_.Index] = $_ }
Get-CimInstance Win32_NetworkAdapter | ForEach-Object {
    $own = $settings[[int]$_.Index]
    @{
        interface = $_.InterfaceIndex; mac = $_.MACAddress; manufacturer = $_.Manufacturer; description = $_.Description
        connection_id = $_.NetConnectionID; connection_status = $_.NetConnectionStatus; enabled = $_.NetEnabled
        physical_adapter = $_.PhysicalAdapter; speed = $_.Speed; service = $_.ServiceName; guid = $_.GUID
        dhcp_enabled = $own.DHCPEnabled; dhcp_server = $own.DHCPServer; dns_domain = $own.DNSDomain
        dhcp_lease_obtained = ConvertTo-Unix $own.DHCPLeaseObtained; dhcp_lease_expires = ConvertTo-Unix $own.DHCPLeaseExpires
        dns_suffixes = @($own.DNSDomainSuffixSearchOrder); dns_host_name = $own.DNSHostName
        dns_servers = @($own.DNSServerSearchOrder); addresses = @($own.IPAddress); masks = @($own.IPSubnet); metric = $own.IPConnectionMetric
        mtu = $own.MTU
    }
}
