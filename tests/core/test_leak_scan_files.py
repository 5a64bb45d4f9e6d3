"""Files about to be handed on are scanned where a reader looks and where she does not."""

import zipfile
from datetime import date

import docx
import pytest
import xlsxwriter

from commands.__main__ import main
from core.identity_numbers import make_demo_id
from core.leak_scan_files import UnreadableFile, scan_file
from core.masking import Kind

ID = make_demo_id("5203", date(1990, 1, 1), 123)
MASKED = f"520***********{ID[-4:]}"
MOBILE = "19900001234"


def found(path, **options):
    return [(leak.kind, leak.place, leak.masked) for leak in scan_file(path, **options)]


def write(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_file_is_read_in_every_usual_encoding(tmp_path, encoding):
    path = write(tmp_path / "名单.txt", f"低保公示\r\n张* {ID}\r\n电话{MOBILE}\r\n", encoding)
    assert found(path) == [(Kind.ID_NUMBER, "第 2 行", MASKED), (Kind.MOBILE, "第 3 行", "199****1234")]


def test_a_csv_file_is_read_cell_by_cell(tmp_path):
    path = write(tmp_path / "a.csv", f'姓名,证件,说明\n张*,="{ID}","两\n行,{MOBILE}"\n李*,520399,19900101\n')
    assert found(path) == [
        (Kind.ID_NUMBER, "第 2 行第 2 列", MASKED),
        (Kind.MOBILE, "第 2 行第 3 列", "199****1234"),
    ]
    assert found(write(tmp_path / "b.csv", f"甲;乙\n1;{MOBILE}\n")) == [
        (Kind.MOBILE, "第 2 行第 2 列", "199****1234")
    ]


def test_a_csv_file_with_a_lone_quote_is_still_read_to_its_end(tmp_path):
    path = write(tmp_path / "a.csv", '甲,乙\n"张*,1\n' + "x" * 200_000 + f"\n{MOBILE}\n")
    assert [leak.kind for leak in scan_file(path)] == [Kind.MOBILE]


def test_a_page_is_read_across_tags_in_attributes_comments_and_scripts(tmp_path):
    page = f"""<!doctype html><html><head><title>公示</title>
<script nonce="a">var phone = "{MOBILE}";</script></head><body>
<!-- {MOBILE} -->
<p>证件 <b>{ID[:6]}</b><span>{ID[6:14]}</span>{ID[14:]}</p>
<a href="tel:{MOBILE}">拨打</a>
<table><tr><td>520399</td><td>19900101</td></tr></table>
<input value="{ID}"><p>&#x31;9900001234</p>
<svg><path d="M13800138000 13800138000"/></svg>
</body></html>"""
    assert found(write(tmp_path / "a.html", page)) == [
        (Kind.MOBILE, "第 2 行", "199****1234"),
        (Kind.MOBILE, "第 3 行注释", "199****1234"),
        (Kind.ID_NUMBER, "第 4 行", MASKED),
        (Kind.MOBILE, "第 5 行属性 href", "199****1234"),
        (Kind.ID_NUMBER, "第 7 行属性 value", MASKED),
        (Kind.MOBILE, "第 7 行", "199****1234"),
    ]


def test_a_page_of_a_right_notice_is_clean(tmp_path):
    page = "<h1>低保公示</h1><p>张三，茅坝村三组，4 人，低保，每月 1,234.00 元，咨询电话 0851-0055 0126</p>"
    path = write(tmp_path / "a.html", page)
    assert found(path, allow=["0851-00550126"]) == []
    assert [kind for kind, _, _ in found(path, allow=["0851-00550126"], forbidden={"张三"})] == [
        Kind.LISTED_VALUE
    ]


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "花名册.xlsx"
    book = xlsxwriter.Workbook(path)
    first = book.add_worksheet("名单")
    first.write_row("A1", ["姓名", "证件", "电话", "金额", "区划"])
    first.write("B2", ID)
    first.write("C2", int(MOBILE))
    first.write("D2", 123456.78)
    first.write("E2", 520328101001)
    first.write("B3", float(ID[:15] + "000"))
    first.write("C3", 6222021234567890123)
    first.write_datetime("D3", date(1990, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    first.write_formula("AB4", '="1990000"&"1234"', None, MOBILE)
    first.write_comment("A5", f"本人{MOBILE}")
    hidden = book.add_worksheet("隐藏")
    hidden.hide()
    hidden.write("A1", "卡号 4111 1111 1111 1111")
    book.add_worksheet(f"户{MOBILE}").write("A1", ID)
    book.set_properties({"author": MOBILE})
    book.close()
    return path


def test_a_workbook_is_read_in_every_sheet_cell_note_and_property(workbook):
    assert found(workbook) == [
        (Kind.ID_NUMBER, "名单!B2", MASKED),
        (Kind.MOBILE, "名单!C2", "199****1234"),
        (Kind.ID_NUMBER, "名单!B3", "520***********1000"),
        (Kind.BANK_CARD, "名单!C3", "**** **** **** 0000"),
        (Kind.MOBILE, "名单!AB4", "199****1234"),
        (Kind.BANK_CARD, "隐藏!A1", "**** **** **** 1111"),
        (Kind.MOBILE, "工作表名", "199****1234"),
        (Kind.ID_NUMBER, "户199****1234!A1", MASKED),
        *[(Kind.MOBILE, "批注或属性", "199****1234")] * 4,
    ]


def test_a_document_is_read_in_paragraphs_tables_heads_and_feet(tmp_path):
    path = tmp_path / "通知.docx"
    paper = docx.Document()
    paper.core_properties.author = "经办人"
    paper.add_paragraph("低保公示 民发〔2021〕57号")
    line = paper.add_paragraph("证件：")
    for part in (ID[:4], ID[4:11], ID[11:]):
        line.add_run(part).bold = True
    table = paper.add_table(2, 2)
    table.cell(1, 1).text = f"电话 {MOBILE}"
    table.cell(0, 0).text = "520399"
    table.cell(0, 1).text = "19900101"
    inner = table.cell(1, 0).add_table(1, 1)
    inner.cell(0, 0).text = ID
    paper.sections[0].header.paragraphs[0].text = f"页眉 {MOBILE}"
    paper.sections[0].footer.paragraphs[0].text = f"页脚 {ID}"
    paper.save(path)
    leaks = found(path)
    assert (Kind.ID_NUMBER, "正文第 2 段", MASKED) in leaks
    assert (Kind.MOBILE, "正文第 1 个表第 2 行第 2 格", "199****1234") in leaks
    assert (Kind.ID_NUMBER, "正文第 2 个表第 1 行第 1 格", MASKED) in leaks
    assert (Kind.MOBILE, "页眉第 1 段", "199****1234") in leaks
    assert (Kind.ID_NUMBER, "页脚第 1 段", MASKED) in leaks
    assert len(leaks) == 5


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.pdf", b"%PDF-1.7", "不认识"),
        ("a.xlsx", b"PK\x03\x04 broken", "损坏"),
        ("a.docx", b"not a zip", "损坏"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "密码"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "密码"),
        ("a.txt", b"MZ\x00\x01\x02\xff", "损坏"),
        ("a.csv", b"\x81\xff\xfe\xfd", "损坏"),
        (f"{ID}.pdf", b"", "不认识"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_a_reason(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=word) as caught:
        scan_file(path)
    assert ID not in str(caught.value)


def test_a_document_that_declares_entities_is_refused(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(UnreadableFile, match="损坏"):
        scan_file(path)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UnreadableFile, match="打不开"):
        scan_file(tmp_path / "folder.txt")
    with pytest.raises(UnreadableFile, match="找不到"):
        scan_file(tmp_path / "none.txt")


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_says_kind_and_place_masked_and_exits_with_1(tmp_path, capsys):
    leaky = write(tmp_path / "名单.txt", f"张三\n{ID}\n0851-00550126\n")
    clean = write(tmp_path / "公示.txt", "张三，4 人，低保")
    assert main(["scan", str(clean), str(leaky)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{leaky}\t第 2 行\t身份证号\t{MASKED}",
        f"{leaky}\t第 3 行\t固定电话\t0851-******26",
    ]
    assert "2 处" in said.err
    assert ID not in said.out + said.err


def test_the_command_is_silent_and_exits_with_0_for_a_clean_file(tmp_path, capsys):
    path = write(tmp_path / "公示.txt", "张三，4 人，低保，咨询电话 0851-00550126")
    assert main(["scan", "--allow", "0851-00550126", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out + said.err == ""


def test_the_command_exits_with_2_for_what_it_cannot_read_but_still_scans_the_rest(tmp_path, capsys):
    unknown = write(tmp_path / "a.pdf", "%PDF")
    assert main(["scan", str(unknown)]) == 2
    assert "不认识" in capsys.readouterr().err
    leaky = write(tmp_path / "名单.txt", MOBILE)
    assert main(["scan", str(unknown), str(leaky)]) == 1
    assert "手机号" in capsys.readouterr().out
