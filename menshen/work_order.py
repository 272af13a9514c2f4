# SPDX-License-Identifier: Apache-2.0
"""Which machines only hands can bring to what is wanted, and what the hands have to do there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from policies.catalogue import load
from policies.verdict import Verdict
from reports.models import GRADES
from reports.pdf.work_order import Sheet
from reports.reasons import said
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from menshen.subject import Subject
    from policies.records import Finding
    from policies.text import Language
    from reports.ledger import Standing

# A control whose answer a person brings from the machine itself.
CONTROLS: Final = (
    "bios_admin_password",
    "bios_boot_order",
    "bios_boot_sources_off",
    "bios_boot_menu_locked",
    "bios_integrated_devices",
    "secure_boot",
    "firmware_tpm_on",
    "bios_wake_on_lan",
    "chassis_intrusion",
)
_OPEN: Final = frozenset({Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR})
KEYS: Final[Mapping[str, str]] = {"dell": "F2", "hp": "F10", "hewlett": "F10", "lenovo": "F1"}

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "enter": (
        "Switch on and press {key} until the set-up opens. Check model and asset number against this page.",
        "开机并连续按 {key} 进入 BIOS，核对型号和资产编号与本页一致。",
    ),
    "bios_admin_password": (
        "Security page: set the administrator (supervisor, setup) password from this machine's sealed envelope. Write it nowhere.",
        "安全页：按本机密封信封设置管理员（Supervisor/Setup）密码，输入两次；不得另行记录。",
    ),
    "bios_boot_order": (
        "Boot page: internal disk first; switch off every entry for USB, optical drives and network.",
        "启动页：内置硬盘为首选；关闭 USB、光驱和网络启动项。",
    ),
    "bios_boot_sources_off": (
        "Boot page: switch off booting from USB, optical drives and network (PXE, UEFI network stack).",
        "启动页：关闭 USB、光驱和网络（PXE、UEFI 网络堆栈）启动。",
    ),
    "bios_boot_menu_locked": (
        "Boot or security page: lock the one-time boot menu, or let it ask for the administrator password.",
        "启动或安全页：关闭一次性启动菜单，或设为须输入管理员密码。",
    ),
    "bios_integrated_devices": (
        "Devices page: switch off what the rule lists: {detail}.",
        "设备页：关闭规定所列设备：{detail}。",
    ),
    "secure_boot": ("Security page: switch secure boot on, with the maker's keys.", "安全页：启用安全启动，使用厂商密钥。"),
    "firmware_tpm_on": ("Security page: switch the TPM (security chip) on.", "安全页：启用 TPM（安全芯片）。"),
    "bios_wake_on_lan": ("Power page: switch wake on LAN off.", "电源页：关闭网络唤醒。"),
    "chassis_intrusion": (
        "Look for the cause of the intrusion alarm, reset it, renew the tamper label.",
        "查明机箱入侵报警原因，复位报警并更换防拆标签。",
    ),
    "leave": (
        "Save and leave; enter once more with {key}: it must now ask for the password. Photograph each changed page.",
        "保存退出；再次按 {key} 进入，此时应要求输入密码。逐页拍摄改动后的画面，须拍到资产编号。",
    ),
    "record": (
        "Record: menshen inspect record CONTROL -s {subject} -r pass --inspector NAME -e PHOTO, or one row of the form.",
        "登记：menshen inspect record 控制项 -s {subject} -r pass --inspector 姓名 -e 照片，或填写表格一行。",
    ),
}


def sheets(subjects: Sequence[Subject], standings: Iterable[Standing], lang: Language) -> list[Sheet]:
    """Give one sheet for each machine with an open firmware control, in the inventory's order."""
    left: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
    for standing in standings:
        finding = standing.finding
        if finding.control in CONTROLS and finding.verdict in _OPEN:
            left[finding.subject][finding.control] = finding
    return [_sheet(subject, left[subject.name], lang) for subject in subjects if left.get(subject.name)]


def _sheet(subject: Subject, left: Mapping[str, Finding], lang: Language) -> Sheet:
    rows = [row for finding in left.values() for row in finding.evidence]
    vendor, model = (next((str(row[name]) for row in rows if row.get(name)), "") for name in ("vendor", "model"))
    model = model or subject.facts.get("model", "")
    key = next((key for maker, key in KEYS.items() if vendor.lower().startswith(maker)), "F2 / F1 / Del")
    controls = [name for name in CONTROLS if name in left]
    words = {"key": key, "subject": subject.name}
    steps = [_step("enter", lang, words)]
    steps += [_step(name, lang, {**words, "detail": _detail(left[name])}) for name in controls]
    steps += [_step("leave", lang, words), _step("record", lang, words)]
    return Sheet(
        subject=subject.name,
        asset=subject.facts.get("asset", "") or subject.name,
        site=subject.site,
        vendor=vendor,
        model=model,
        reasons=tuple((name, _why(left[name], Say(lang))) for name in controls),
        steps=tuple(steps),
        controls=tuple(controls),
        titles=tuple(load(whole=False).controls[name].title.in_language(lang) for name in controls),
    )


def _step(name: str, lang: Language, words: Mapping[str, str]) -> str:
    return STEPS[name][lang == "zh"].format(**words)


def _detail(finding: Finding) -> str:
    found = finding.parameters.get("devices_off", ())
    return ", ".join(map(str, found)) if isinstance(found, list | tuple) else str(found)


def _why(finding: Finding, say: Say) -> str:
    """Give the state the machine claimed, or why it could not say."""
    row: Mapping[str, Any] = finding.evidence[0] if finding.evidence else {}
    wrong = [f"{one['setting']}={one['value']}" for one in finding.evidence if one.get("setting") and one.get("ok") in {0, "0"}]
    state = str(row.get("state") or "")
    if state in GRADES:
        return say(f"grade.{state}")
    return state or "; ".join(wrong) or said(finding.reason, say.lang) or say(f"verdict.{finding.verdict}")
