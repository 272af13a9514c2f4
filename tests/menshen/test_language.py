# SPDX-License-Identifier: Apache-2.0
"""Everything that people read on the command line exists in Chinese and in English."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import system
from commandline import ROOT, menshen

from menshen.outcome import show
from policies.catalogue import load
from policies.records import Finding
from reports.ledger import Run

CHINESE = "zh_CN.UTF-8"
# Three English words in a row are a sentence; names of tables, columns and tools stand alone or in lists.
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
HELP = """
import json, typer
from menshen import cli
cli._register()
group = typer.main.get_command(cli.app)
texts = {name: command.help for name, command in group.commands.items()}
for name, command in group.commands.items():
    texts.update({f"{name} {one.name}": one.help for one in command.params})
print(json.dumps({"menshen": group.help, **texts}))
"""


def is_chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "--baseline", "no_such"], "没有此基线：no_such；可用：agent_pc"),
        (["audit", "--bank", "no_such"], "没有银行 no_such 的基线；可用："),
        (["audit", "--control", "no_such"], "没有此控制项：no_such"),
        (["audit", "--inventory", "/no/such"], "找不到主机清单：/no/such"),
        (["audit", "--ledger", "/dev/null/x/l.db"], "无法打开台账：不是目录"),
        (["audit", "--ledger", "/etc/hostname"], "不是可读取的台账：文件不是数据库"),
        (["drift", "--ledger", "/no/such.db"], "尚无台账；运行 menshen audit 即可生成"),
        (["report", "-o", "/no/r.pdf", "--ledger", "/no/such.db"], "尚无台账"),
        (["report"], "请指定输出"),
        (["query"], "请给出一条 SELECT 语句"),
        (["query", "SELECT * FROM docker_images"], "内置查询引擎尚未提供 osquery 表 docker_images"),
        (["query", "SELECT * FROM programs"], "表 programs 只适用于 windows，不适用于 linux"),
        (["query", "SELECT * FROM user"], "没有此表：user；是否应为 users？"),
        (["query", "SELECT usernam FROM users"], "没有此列：usernam；是否应为 username？"),
        (["query", "SELEC 1"], "语法错误，位于 SELEC 附近"),
        (["query", "SELECT 1; SELECT 2"], "一次只能执行一条语句"),
        (["query", "ATTACH 'x' AS y"], "不允许 ATTACH：查询只能读取表"),
        (["query", "--pack", "/no/such.conf"], "没有此文件：/no/such.conf"),
        (["query", "--pack", "README.md"], "README.md：不是 JSON"),
        (["tables", "--kind", "toaster"], "没有此类对象：toaster"),
        (["controls", "--area", "kitchen"], "领域 kitchen 中没有控制项"),
        (["show", "screen_lok"], "没有此控制项：screen_lok；是否应为 screen_lock？"),
    ],
)
def test_user_errors_are_said_in_chinese(arguments, words):
    """What a user got wrong is said in Chinese on stderr where the locale is Chinese."""
    done = menshen(*arguments, expected=(2,), LC_ALL=CHINESE)

    assert words in done.stderr
    assert not done.stdout


def test_a_time_is_asked_for_in_chinese(tmp_path):
    """A time that is none is refused in Chinese, and so is a report of a ledger that knows no audit up to then."""
    ledger = tmp_path / "l.db"
    menshen("audit", "--control", "screen_lock", "--ledger", ledger, expected=(0, 1, 3))

    assert "无法识别的时间" in menshen("drift", "--since", "昨天", "--ledger", ledger, expected=(2,), LC_ALL=CHINESE).stderr
    early = menshen("report", "--json", "--as-of", "2001-01-01", "--ledger", ledger, expected=(2,), LC_ALL=CHINESE)
    assert "没有检查记录" in early.stderr


def test_an_inventory_is_complained_of_in_chinese(tmp_path):
    """A host without a kind, and parameters of a wrong shape, are named in Chinese."""
    (tmp_path / "hosts.yml").write_text("all: {hosts: {pc1: {menshen_parameters: [1]}}}\n", encoding="utf-8")
    done = menshen("audit", "-i", tmp_path, expected=(2,), LC_ALL=CHINESE)

    assert "pc1：menshen_kind 未填写，应为其中之一" in done.stderr
    assert "pc1：menshen_parameters 应为映射" in done.stderr


def test_what_a_site_wrote_is_complained_of_in_chinese(tmp_path):
    """A wrong value and a wrong exception are told in Chinese, each at its place."""
    host = "{menshen_kind: site, menshen_parameters: {fire_acceptance_filed: {every_days: 9999}}}"
    (tmp_path / "hosts.yml").write_text(f"all: {{hosts: {{hall: {host}}}}}\n", encoding="utf-8")
    exceptions = tmp_path / "exceptions.yml"
    exceptions.write_text("exceptions: [{id: E1, control: no_such, subjects: [], until: soon}]\n", encoding="utf-8")
    told = menshen("audit", "-i", tmp_path, "--ledger", tmp_path / "l.db", expected=(2,), LC_ALL=CHINESE).stderr.splitlines()

    assert [] == [line for line in told if not is_chinese(line)]
    assert any("until 应为日期" in line for line in told)
    exceptions.unlink()
    told = menshen("audit", "-i", tmp_path, "--ledger", tmp_path / "l.db", expected=(2,), LC_ALL=CHINESE).stderr

    assert "文件中有 1 处问题" in told
    assert "fire_acceptance_filed：every_days=9999 超出范围" in told


def test_reasons_of_a_real_audit_are_chinese(capsys, monkeypatch):
    """In the table of an audit without any right no reason is an English sentence."""
    system.need_root()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "state").mkdir()
        (folder / "state").chmod(0o777)
        said = system.as_nobody(folder, ROOT, "-m", "menshen", "audit", "--json", "--ledger", folder / "state" / "ledger.db")
    findings = [Finding.from_json(one) for one in json.loads(said)["findings"]]
    # Evidence is the device's own word and stays as it is.
    silent = [replace(finding, evidence=(), evidence_total=0) for finding in findings if finding.reason]
    run = Run(at=findings[0].checked_at, findings=silent, subjects=[], controls=None, catalogue="", collector="")
    monkeypatch.setenv("COLUMNS", "1000")
    show(load(), run, "zh", everything=True)
    lines = capsys.readouterr().out.splitlines()

    assert len(silent) > 100
    assert any("仅 root 可读" in line for line in lines)
    assert [] == [line for line in lines if SENTENCE.search(line)]


def test_every_trouble_is_told_in_both_languages():
    """Each TroubleError is made of a text that exists in both languages."""
    bare = []
    for path in sorted((ROOT / "menshen").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TroubleError":
                text = ast.unparse(node.args[0])
                # The problems of an inventory are gathered first, each in both languages.
                if not re.match(r"(say|said)\(", text) and "join(problems)" not in text:
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {text}")

    assert [] == bare


def test_every_help_text_is_in_both_languages():
    """Each command, option and argument is explained in Chinese under a Chinese locale, and else without a Chinese letter."""
    texts = {}
    for locale in (CHINESE, "C.UTF-8"):
        environment = {**os.environ, "LC_ALL": locale}
        done = subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        texts[locale] = json.loads(done.stdout)

    assert texts[CHINESE].keys() == texts["C.UTF-8"].keys()
    assert [] == [name for name, text in texts[CHINESE].items() if not is_chinese(text or "")]
    assert [] == [name for name, text in texts["C.UTF-8"].items() if not text or is_chinese(text)]


def test_an_encoding_without_chinese_stops_nothing():
    """Where the terminal's encoding lacks a character, its number is shown."""
    told = menshen("query", "SELECT '门' AS x", PYTHONIOENCODING="ascii", LC_ALL=CHINESE)

    assert "\\u95e8" in told.stdout
    assert "\\u884c" in told.stderr


def test_what_moved_is_told_in_words(tmp_path):
    """Drift names verdicts as the report does, not as the ledger keeps them."""
    menshen("audit", "--control", "asset_register_filed", "--ledger", tmp_path / "l.db", expected=(3,))
    told = menshen("drift", "--since", "2001-01-01", "--ledger", tmp_path / "l.db", expected=(3,), LC_ALL=CHINESE).stdout

    assert "待人工检查" in told
    assert "manual_due" not in told
