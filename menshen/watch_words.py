# SPDX-License-Identifier: Apache-2.0
"""What the watch says to people: every event in English and Chinese, when it begins and when it is over."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Final

from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.watch.event import Event
    from policies.verdict import Cell

# Key: what has begun (or happened), and what is told when it is over; each English, Chinese.
_WORDS: Final[Mapping[str, tuple[Text, Text]]] = {
    key: (Text(*begun), Text(*over))
    for key, (begun, over) in {
        "blip": (("On battery for {seconds} s, then mains again", "电池供电 {seconds} 秒后市电恢复"), ("", "")),
        "outage": (
            (
                "Mains power is out: charge {charge}%, runtime {runtime_minutes} min",
                "市电中断：电量 {charge}%，可供电 {runtime_minutes} 分钟",
            ),
            (
                "Mains are back after {seconds} s, lowest charge {lowest_charge}%",
                "市电已恢复，历时 {seconds} 秒，最低电量 {lowest_charge}%",
            ),
        ),
        "self_test": (("Self-test begins", "UPS 自检开始"), ("Self-test ended: {result}", "UPS 自检结束：{result}")),
        "long_test": (
            ("Self-test goes on for {minutes} min", "UPS 自检已持续 {minutes} 分钟"),
            ("Long self-test ended", "长时间自检结束"),
        ),
        "bypass": (("On bypass: not protected", "UPS 处于旁路，负载未受保护"), ("No longer on bypass", "已退出旁路")),
        "off": (("The UPS is off", "UPS 已关机"), ("The UPS is on again", "UPS 已开机")),
        "silence": (("No answer for {seconds} s", "{seconds} 秒无应答"), ("Answers again", "恢复应答")),
        "stale": (("Serves old readings: {trouble}", "返回陈旧读数：{trouble}"), ("Readings are fresh again", "读数恢复更新")),
        "alarm": (
            ("The UPS reports {alarms} alarms", "UPS 报告 {alarms} 条告警"),
            ("No alarm of the UPS any more", "UPS 告警已消除"),
        ),
        "replace_battery": (("Asks for a new battery", "提示更换电池"), ("No longer asks for a new battery", "更换电池提示已消除")),
        "test_failed": (
            ("The last battery test failed", "最近一次电池测试失败"),
            ("The last battery test is fine", "最近一次电池测试正常"),
        ),
        "status_unknown": (
            ("Does not say where its power comes from: {reason}", "未给出供电状态：{reason}"),
            ("Says its state again", "恢复给出供电状态"),
        ),
        "low_battery": (("Battery low ({signs})", "电池电量低（{signs}）"), ("", "")),
        "low_doubted": (
            ("Says low battery on mains ({sign}): not believed alone", "市电正常却报电量低（{sign}），单独出现时不予采信"),
            ("", ""),
        ),
        "optimistic": (
            (
                "Drains faster than it says: {claimed_minutes} min claimed, {measured_minutes} measured",
                "放电快于标称：标称 {claimed_minutes} 分钟，实测 {measured_minutes} 分钟",
            ),
            ("", ""),
        ),
        "lost": (("Cannot be counted on any more: {why}", "已不可依靠：{why}"), ("Can be counted on again", "恢复可用")),
        "card_changed": (("Another SNMP engine answers: card swapped or reset", "SNMP 引擎标识改变：网卡被更换或重置"), ("", "")),
        "card_restarted": (("The card started anew", "网卡已重启"), ("", "")),
        "other_device": (
            ("Another device answers here: serial {serial}, not {known}", "此地址由另一设备应答：序列号 {serial}，原为 {known}"),
            ("The known device answers again", "原设备恢复应答"),
        ),
        "all_silent": (
            ("All UPSes are silent at once: the monitor's own network?", "全部 UPS 同时无应答：可能是监控机自身网络中断"),
            ("The UPSes answer again", "UPS 恢复应答"),
        ),
        "redundancy": (("No feed to spare for {who}", "{who} 已无冗余供电"), ("Feeds to spare again", "冗余供电恢复")),
        "gap": (("The watch stood still for {seconds} s", "监控停顿 {seconds} 秒"), ("", "")),
        "resumed": (
            (
                "The watch began with the UPS on battery for {seconds_on_battery} s",
                "监控启动时 UPS 已电池供电 {seconds_on_battery} 秒",
            ),
            ("", ""),
        ),
        "forecast": (
            ("The outage is expected to last {minutes} min", "预计停电 {minutes} 分钟"),
            ("The forecast was taken back", "停电时长预计已撤回"),
        ),
        "tier": (
            ("Tier begins: {subjects}", "级别开始执行：{subjects}"),
            ("Tier done: {subjects} subjects, {failed} failed", "级别执行完毕：对象 {subjects} 个，失败 {failed} 个"),
        ),
        "latched": (("Past the point of no return: {who}", "已越过不可撤回点：{who}"), ("", "")),
        "step_failed": (("Tier {tier} failed here: {why}", "级别 {tier} 在此失败：{why}"), ("", "")),
        "monitor_last": (("The monitor ends itself now, last of all", "监控机最后自行关机"), ("", "")),
        "restart_waits": (
            ("Waits for charge before starting: {who}", "等待电量后再启动：{who}"),
            ("Charge is enough to start", "电量已足以启动"),
        ),
        "restart": (
            ("Mains have lasted: starting again", "市电已稳定，开始恢复"),
            (
                "All is started and checked after {minutes} min, {failed} failures",
                "恢复与检查完成，历时 {minutes} 分钟，失败 {failed} 项",
            ),
        ),
        "climate": (
            ("{about} is {value}, outside {lowest} to {highest}", "{about} 为 {value}，超出 {lowest} 至 {highest}"),
            ("{about} is inside its band again: {value}", "{about} 回到区间内：{value}"),
        ),
        "probe": (
            ("The probe cannot be believed: {why}", "探头读数不可信：{why}"),
            ("The probe can be believed again", "探头恢复正常"),
        ),
        "rising": (
            ("Temperature rises by {celsius} °C in ten minutes", "十分钟内升温 {celsius} ℃"),
            ("The rise has ended", "升温已停止"),
        ),
    }.items()
}
_VALUES: Final[Mapping[str, Text]] = {
    "off": Text("off", "已关机"),
    "low battery": Text("low battery", "电量低"),
    "silent on battery": Text("silent on battery", "电池供电时失联"),
    "battery reckoned empty": Text("battery reckoned empty", "推算电池已耗尽"),
    "unreachable": Text("unreachable", "连不上"),
    "interrupted": Text("interrupted", "执行中断"),
    "a task failed": Text("a task failed", "有任务失败"),
    "the playbook has nothing for it": Text("the playbook has nothing for it", "剧本中没有针对它的内容"),
    "no report within the time limit": Text("no report within the time limit", "超过时限仍无结果"),
    "stuck": Text("stuck", "读数不变"),
    "temperature": Text("temperature", "温度"),
    "humidity": Text("humidity", "湿度"),
    "flag": Text("flag", "标志"),
    "charge": Text("charge", "电量"),
    "runtime": Text("runtime", "续航"),
}


def told(event: Event) -> Text:
    """Put an event into words; what is not known is a question mark."""
    begun, over = _WORDS[event.key]
    words = over if event.over and over.en else begun
    return Text(_filled(words.en, event, "en"), _filled(words.zh, event, "zh"))


def _filled(pattern: str, event: Event, language: str) -> str:
    values: dict[str, str] = {"about": _shown(event.about, language)}
    for _, name, _, _ in Formatter().parse(pattern):
        if name and name not in values:
            values[name] = _shown(event.data.get(name), language)
    return pattern.format(**values)


def _shown(value: Cell, language: str) -> str:
    if value is None or value == "":
        return "?"
    if isinstance(value, float):
        return f"{round(value, 1):g}"
    known = _VALUES.get(str(value))
    return str(value) if known is None else known.zh if language == "zh" else known.en
