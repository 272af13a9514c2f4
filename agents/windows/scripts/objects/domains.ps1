# SPDX-License-Identifier: Apache-2.0
Get-CimInstance Win32_NTDomain | ForEach-Object {
    @{
        name = $_.Name; client_site_name = $_.ClientSiteName; dc_site_name = $_.DcSiteName; dns_forest_name = $_.DnsForestName
        domain_controller_address = $_.DomainControllerAddress; domain_controller_name = $_.DomainControllerName
        domain_name = $_.DomainName; status = $_.Status
    }
}
