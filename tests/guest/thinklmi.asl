// SPDX-License-Identifier: Apache-2.0
// A PNP0C14 device with Lenovo's WMI blocks, so that the kernel's own think-lmi binds: three settings, a supervisor password.
DefinitionBlock ("thinklmi.aml", "SSDT", 2, "MENSHN", "THINKLMI", 1)
{
  Device (\_SB.WMI1)
  {
    Name (_HID, "PNP0C14")
    Name (_UID, "1")
    Name (_WDG, Buffer () {
      // 51F5230E-9677-46CD-A1CF-C0B23EE34DB7: settings, block A0, three instances
      0x0E,0x23,0xF5,0x51, 0x77,0x96, 0xCD,0x46, 0xA1,0xCF, 0xC0,0xB2,0x3E,0xE3,0x4D,0xB7, 0x41,0x30, 3, 0x00,
      // 98479A64-33F5-4E33-A707-8E251EBBC3A1: set a setting, method A1, its argument a string
      0x64,0x9A,0x47,0x98, 0xF5,0x33, 0x33,0x4E, 0xA7,0x07, 0x8E,0x25,0x1E,0xBB,0xC3,0xA1, 0x41,0x31, 1, 0x0A,
      // 6A4B54EF-A5ED-4D33-9455-B0D9B48DF4B3: save settings, method A2
      0xEF,0x54,0x4B,0x6A, 0xED,0xA5, 0x33,0x4D, 0x94,0x55, 0xB0,0xD9,0xB4,0x8D,0xF4,0xB3, 0x41,0x32, 1, 0x0A,
      // 8ADB159E-1E32-455C-BC93-308A7ED98246: password settings, block A3
      0x9E,0x15,0xDB,0x8A, 0x32,0x1E, 0x5C,0x45, 0xBC,0x93, 0x30,0x8A,0x7E,0xD9,0x82,0x46, 0x41,0x33, 1, 0x00,
      // 2651D9FD-911C-4B69-B94E-D0DED5963BD7: set a password, method A4
      0xFD,0xD9,0x51,0x26, 0x1C,0x91, 0x69,0x4B, 0xB9,0x4E, 0xD0,0xDE,0xD5,0x96,0x3B,0xD7, 0x41,0x34, 1, 0x0A
    })
    Name (S0, "SecureBoot,Enable")
    Name (S1, "USBBIOSSupport,Enable")
    Name (S2, "BootOrder,NVMe0")
    Method (WQA0, 1) {
      If (LEqual (Arg0, 0)) { Return (S0) }
      If (LEqual (Arg0, 1)) { Return (S1) }
      If (LEqual (Arg0, 2)) { Return (S2) }
      Return ("")
    }
    Method (WMA1, 3) {
      If (LEqual (Arg2, "USBBIOSSupport,Disable,Old-Secret-2025,ascii,us;")) {
        Store ("USBBIOSSupport,Disable", S1)
        Return ("Success")
      }
      Return ("Access Denied")
    }
    Method (WMA2, 3) { Return ("Success") }
    // mode 0, state 2 (supervisor password set), 4 to 64 characters, encodings 3, keyboard 1
    Name (PWD0, Buffer () { 0,0,0,0, 2,0,0,0, 4,0,0,0, 0x40,0,0,0, 3,0,0,0, 1,0,0,0, 0,0,0,0, 0,0,0,0,0,0,0,0,0,0,0,0 })
    Method (WQA3, 1) { Return (PWD0) }
    Method (WMA4, 3) {
      If (LEqual (Arg2, "pap,Old-Secret-2025,MARKED-secret-2026,ascii,us;")) { Return ("Success") }
      Return ("Access Denied")
    }
  }
}
