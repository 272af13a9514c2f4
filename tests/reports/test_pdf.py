# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from policies import catalogue
from policies.verdict import Verdict
from reports import content, fonts, pdf
from reports.facts import Standing
from reports.pdf import ink, look
from reports.pdf.blocks import Gap, Text
from reports.pdf.coverage import MissingGlyphError
from reports.pdf.flow import Flow, Running, TooHighError
from reports.pdf.pen import Pen
from reports.report import Seen

sys.path.insert(0, str(Path(__file__).parent))
import imagined_site as sample
import system

SQL = "SELECT * FROM file WHERE path LIKE '/etc/%%';"
HOSTILE = "<b>&amp; </para> \x00\x07\x1b[31m \u202egnp.exe😀 𠮷 /opt/" + "x" * 300 + " " + SQL


def output(*command):
    """Run a tool and give what it prints."""
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def policies_():
    """Load the real catalogue."""
    return catalogue.load()


def build(policies_, count=12, **more):
    """Build a report of the imagined site with `count` machines."""
    machines = sample.subjects(count)
    standings = list(sample.standings(policies_, machines)) if count else []
    asked = sample.request(**more)
    grants = sample.grants("usb_storage_blocked")
    versions = {"menshen": "0.1.0"}
    return content.build(policies_, asked, standings, machines, grants, sample.ledger(), versions=versions)


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request, policies_):
    """Give the report in one language."""
    return build(policies_, lang=request.param)


@pytest.fixture(scope="module")
def written(report, tmp_path_factory):
    """Write it once."""
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    pdf.write(report, path)
    return path


@pytest.fixture(scope="module")
def text(written):
    """Read its text with poppler, in reading order."""
    system.need("pdfinfo")
    return output("pdftotext", "-raw", written, "-")


@pytest.fixture(scope="module")
def pages(text):
    """Give the text page by page."""
    return text.split("\f")[:-1]


def squeezed(words):
    """Leave out blanks: a line break may stand anywhere."""
    return re.sub(r"\s", "", words)


def test_sound_for_qpdf(written):
    """Another program finds no error in the file's structure."""
    system.need("qpdf")
    assert "No syntax or stream encoding errors found" in output("qpdf", "--check", written)


def test_fonts_are_embedded(written):
    """Every font is embedded, a subset, and maps back to Unicode; nothing depends on the reader's machine."""
    system.need("pdfinfo")
    rows = output("pdffonts", written).splitlines()[2:]
    assert {"MenshenSerif", "MenshenSans"} == {re.split(r"[+-]", row.split()[0])[1] for row in rows}
    assert {("yes", "yes", "yes")} == {tuple(row.split()[-5:-2]) for row in rows}


def test_metadata(written, report):
    """Title, author and language are set; the dates are the report's, not the machine's."""
    system.need("pdfinfo")
    told = output("pdfinfo", "-isodates", written)
    assert f"Author:          {report.agency}" in told
    assert report.title in told
    assert report.number in told
    assert "2026-11-22T" in told
    assert {"zh": "zh-CN", "en": "en"}[report.lang] == pypdf.PdfReader(written).root_object["/Lang"]


def test_items_in_order_with_their_titles(text, pages, report):
    """All 47 numbers come in the bank's order, each with its title as text that can be searched."""
    # From the table on: the contents have two columns.
    found = re.findall(r"^(\d+\.\d+)  ?\S", "\n".join(pages[3:]), re.MULTILINE)
    numbers = [item.number for item in report.items]
    assert 47 == len(numbers)
    assert numbers == list(dict.fromkeys(number for number in found if number in set(numbers)))
    assert [] == [item.number for item in report.items if squeezed(item.number + item.title) not in squeezed(text)]


def test_missing_item_keeps_its_gap(text, report):
    """5.4 is no item, and the report says that the bank's list has none."""
    assert {"zh": "编号5.4：银行清单中没有此项", "en": "Number5.4:thebank'slisthasnosuchitem"}[report.lang] in squeezed(text)


def test_rule_is_printed(text, report):
    """The rule by which an item gets its mark stands in the report."""
    said = squeezed(text)
    assert [] == [n for n in range(1, 6) if squeezed(pdf.Say(report.lang)(f"rule.{n}")) not in said]


def test_no_glyph_is_missing(text):
    """No character came out as a box or a replacement."""
    assert not re.search("[\ufffd\u25a1\x00]", text)


def test_every_page_says_page_of_pages_ledger_class_and_demonstration(pages, report):
    """Header and footer stand on each page, with the right number of pages."""
    between = {"zh": "第 {} 页 / 共 {} 页", "en": "Page {} of {}"}[report.lang]
    for number, said in enumerate(pages, 1):
        assert squeezed(between.format(number, len(pages))) in squeezed(said)
        assert sample.HEAD[:8] in said
        assert report.classification in said
        assert {"zh": "演示数据", "en": "DEMONSTRATION DATA"}[report.lang] in said


def outline(reader, entries, level=0):
    """Flatten the bookmarks: level, title, page."""
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(reader, entry, level + 1)
        else:
            yield level, entry.title, reader.get_destination_page_number(entry) + 1


def test_bookmarks_lead_to_their_pages(written, pages, report):
    """Chapters and items are bookmarks of two levels, and each leads to the page that carries its title."""
    reader = pypdf.PdfReader(written)
    marks = list(outline(reader, reader.outline))
    assert [f"{item.number}  {item.title}" for item in report.items] == [title for level, title, _ in marks if level == 1]
    for _, title, page in marks:
        assert squeezed(title) in squeezed(pages[page - 1])


def test_contents_show_the_pages_of_the_bookmarks(written, report):
    """The page printed in the table of contents is the page the bookmark leads to."""
    system.need("pdfinfo")
    reader = pypdf.PdfReader(written)
    pages = {title.split()[0]: page for level, title, page in outline(reader, reader.outline) if level == 1}
    told = output("pdftotext", "-f", 2, "-l", 2, "-layout", written, "-")
    for number in ("1.1", "4.3", "10.7"):
        item = next(item for item in report.items if item.number == number)
        line = re.search(rf"{number} +{re.escape(item.title[:6])}.*?(\d+)(\s|$)", told)
        assert line
        assert pages[number] == int(line.group(1))


def test_links_lead_somewhere(written):
    """The contents and the table link to every item, and no link is dead."""
    reader = pypdf.PdfReader(written)
    links = [one.get_object() for page in reader.pages for one in page.get("/Annots", ())]
    targets = {(link["/Dest"][0].idnum, float(link["/Dest"][3])) for link in links}
    pages = {page.indirect_reference.idnum for page in reader.pages}
    assert len(targets) > 60
    assert set() == {page for page, _ in targets} - pages


def test_no_text_leaves_the_page(written):
    """Nothing is written over the margins: all words lie within the text width."""
    system.need("pdfinfo")
    words = output("pdftotext", "-bbox", written, "-")
    boxes = [tuple(map(float, box)) for box in re.findall(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">', words)]
    assert len(boxes) > 1000
    assert [] == [box for box in boxes if box[0] < 50 or box[2] > 545 or box[1] < 20 or box[3] > 825]


def test_same_report_same_bytes(policies_, tmp_path):
    """A report is a function of its data: written twice it is the same file."""
    for name in ("a.pdf", "b.pdf"):
        pdf.write(build(policies_, 2), tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_empty_ledger_makes_a_report(policies_, tmp_path):
    """A site that was never looked at gets a whole report that says so; empty sections say why."""
    system.need("pdfinfo")
    asked = sample.request(demonstration=False)
    path = tmp_path / "a.pdf"
    pdf.write(content.build(policies_, asked, [], [], [], dataclasses.replace(sample.ledger(), entries=0)), path)
    said = squeezed(output("pdftotext", "-raw", path, "-"))
    for words in ("无：未登记任何例外", "无：清单中没有对象", "无：台账中还没有观测", "没有观测到不符合项", "这是第一份报告"):
        assert words in said
    assert "演示数据" not in said


def hostile(policies_):
    """Let a machine report whatever it likes."""
    standing = next(one for one in sample.standings(policies_, sample.subjects(3)) if one.finding.verdict == "fail")
    rows = ({"key": HOSTILE, "value": "y" * 5000, "ok": 0},)
    finding = dataclasses.replace(standing.finding, subject=HOSTILE, evidence=rows, source=HOSTILE, reason=HOSTILE)
    again = [Standing(finding, standing.first_failed, None, standing.last_checked)]
    return content.build(policies_, sample.request(), again, sample.subjects(1), [], sample.ledger())


def test_hostile_evidence_is_shown_and_does_nothing(policies_, tmp_path):
    """Markup, control characters, emoji and endless words from a device are printed as text and never stop a report."""
    system.need("pdfinfo")
    path = tmp_path / "a.pdf"
    pdf.write(hostile(policies_), path)
    said = squeezed(output("pdftotext", "-raw", path, "-"))
    for words in ("<b>&amp;</para>", "U+0000U+0007U+001B[31m", "U+202Egnp.exeU+1F600U+20BB7", squeezed(SQL)):
        assert words in said
    assert "x" * 300 in said
    # What was cut says so, and what was replaced is listed among the limits.
    assert "余见随附证据" in said
    assert re.search(r"没有字形，以码位表示：[^。]*U\+1F600", said)


def test_what_is_higher_than_a_page_goes_on_over_pages(policies_, tmp_path):
    """A reason or a name longer than a page is printed to its last character, under the table's heading on each page."""
    system.need("pdfinfo")
    standing = next(sample.standings(policies_, sample.subjects(1), controls=1))
    words = "".join(f"<{number}>" for number in range(4000))
    finding = dataclasses.replace(standing.finding, verdict=Verdict.UNKNOWN, reason=words, source=words[:9000])
    again = [dataclasses.replace(standing, finding=finding)]
    path = tmp_path / "a.pdf"
    pdf.write(content.build(policies_, sample.request(), again, sample.subjects(1), [], sample.ledger()), path)
    said = squeezed(
        re.sub(r"检查清单报告.*|演示数据.*|.*MS-2026.*|第 \d+ 页.*|台账.*|内部", "", output("pdftotext", "-raw", path, "-"))
    )
    assert set() == {f"<{number}>" for number in range(4000)} - set(re.findall(r"<\d+>", said))


def test_block_that_fits_nowhere_is_an_error():
    """What cannot be parted and is higher than a page is an error, not an endless run of pages."""
    flow = Flow(Pen(Canvas(""), ink.load(fonts.prepare(""))), Running(("", "", ""), ("", "", ""), ("", "")))
    flow.new_page()
    with pytest.raises(TooHighError):
        flow.add(Text("a", look.BODY), Gap(look.HEIGHT + 1))


def test_missing_glyph_of_our_own_text_is_an_error(policies_, tmp_path):
    """A character of the request that no font has stops the report before a page is drawn, and says where it stands."""
    report = build(policies_, 0, agency="示例😀公司")
    with pytest.raises(MissingGlyphError, match=r"U\+1F600 😀 agency"):
        pdf.write(report, tmp_path / "a.pdf")
    assert [] == list(tmp_path.iterdir())


def test_rare_name_is_drawn(policies_, tmp_path):
    """A rare character the fonts do have is embedded, not replaced."""
    system.need("pdfinfo")
    path = tmp_path / "a.pdf"
    pdf.write(build(policies_, 0, agency="龘靐公司"), path)
    assert "龘靐公司" in output("pdftotext", path, "-")


def test_progress_speaks_the_reports_language(policies_, tmp_path):
    """Long work says what it does."""
    said = []
    pdf.write(build(policies_, 0), tmp_path / "a.pdf", progress=said.append)
    assert ["正在排版报告", "正在写入报告"] == said[-2:]


def test_unwritable_place_is_a_clear_error(policies_, tmp_path):
    """A folder that is not there is an error that names the file."""
    with pytest.raises(pdf.ReportError, match="nowhere"):
        pdf.write(build(policies_, 0), tmp_path / "nowhere" / "a.pdf")


def test_full_disk_leaves_the_old_report(policies_, tmp_path):
    """On a full disk the error says so, no scrap is left, and the report that was there is untouched."""
    system.need_root()
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    try:
        (disk / "report.pdf").write_bytes(b"the report of yesterday")
        with pytest.raises(pdf.ReportError, match="磁盘空间不足"):
            pdf.write(build(policies_, 0), disk / "report.pdf")
        assert ["report.pdf"] == [path.name for path in disk.iterdir()]
        assert (disk / "report.pdf").read_bytes() == b"the report of yesterday"
    finally:
        subprocess.run(["umount", disk], check=True)


def test_seen_survives_as_its_own_type(policies_):
    """What a device said is marked as such, so that the glyph check can tell it from our own words."""
    report = build(policies_, 3)
    assert {Seen} == {type(failure.subject) for one in report.controls.values() for failure in one.failures}
