# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: PLC0415 - each side loads only what it measures
"""Time and memory of a report of 500 subjects and 60 controls: `python tests/bench/report.py`, figures only, no assertion.

The peer is reportlab's own `LongTable` with as many Chinese paragraph cells as the report has findings that fail.
Each side runs in its own process, so that its peak of memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "reports")]

SUBJECTS = 500
CONTROLS = 60
CHUNK = 300


def ours(target):
    """Build and write the report; give the number of failing findings."""
    import imagined_site

    from policies import catalogue
    from policies.verdict import Verdict
    from reports import content, pdf

    policies = catalogue.load()
    machines = imagined_site.subjects(SUBJECTS)
    standings = list(imagined_site.standings(policies, machines, controls=CONTROLS))
    begun = time.perf_counter()
    report = content.build(policies, imagined_site.request(), standings, machines, [], imagined_site.ledger())
    built = time.perf_counter()
    pdf.write(report, target)
    print(f"  build {built - begun:.2f} s, write {time.perf_counter() - built:.2f} s, findings {len(standings)}")
    return sum(standing.finding.verdict is Verdict.FAIL for standing in standings)


def peer(target, rows):
    """Write `rows` rows of four Chinese paragraph cells with reportlab's tables, in chunks as its users do."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

    from reports import fonts

    pdfmetrics.registerFont(TTFont("Peer", str(fonts.prepare("").serif)))
    style = ParagraphStyle("cell", fontName="Peer", fontSize=8.5, leading=12.2, wordWrap="CJK")
    begun = time.perf_counter()
    story = []
    for start in range(0, rows, CHUNK):
        cells = [
            [Paragraph(text, style) for text in (f"pc-{row:05d}", f"键 = org/example/{row}；值 = 900", "2026-11-22 06:40", "从未")]
            for row in range(start, min(start + CHUNK, rows))
        ]
        story.append(LongTable([["对象", "实测", "首次不符合", "上次符合"], *cells], colWidths=(90, 210, 90, 90), repeatRows=1))
    SimpleDocTemplate(str(target)).build(story)
    print(f"  write {time.perf_counter() - begun:.2f} s, rows {rows}")


def child(side, rows):
    """Run one side and print its time, memory and pages."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.pdf"
        failing = ours(target) if side == "ours" else peer(target, int(rows))
        size = target.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {side}: {time.perf_counter() - begun:.2f} s, {peak:.0f} MB, file {size:.1f} MB")
    print(f"{time.perf_counter() - begun} {peak} {failing or 0}")


def run(side, rows=0):
    """Start one side in its own process and give its last line."""
    command = [sys.executable, __file__, side, str(rows)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    *lines, last = printed.splitlines()
    print("\n".join(lines))
    return [float(figure) for figure in last.split()]


def main():
    """Compare both sides, fonts converted beforehand."""
    from reports import fonts

    begun = time.perf_counter()
    fonts.prepare("")
    print(f"fonts: {time.perf_counter() - begun:.2f} s (first conversion 6 to 9 s)")
    seconds, megabytes, failing = run("ours")
    peer_seconds, peer_megabytes, _ = run("peer", int(failing))
    print(f"ours / peer: time {seconds / peer_seconds:.2f}, memory {megabytes / peer_megabytes:.2f}")


if __name__ == "__main__":
    child(sys.argv[1], sys.argv[2]) if len(sys.argv) > 1 else main()
