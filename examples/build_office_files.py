"""Writes the binary office files of the example company.

Run ``python examples/build_office_files.py`` with python-docx, python-pptx, openpyxl and fpdf2 installed. The files are
committed; run this only after changing a text below. The same texts always give the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from docx import Document
from fpdf import FPDF
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from pptx import Presentation
from pptx.util import Inches, Pt

OFFICE = Path(__file__).parent / "company" / "office"
WRITTEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

# The texts are in a small markup: "#" begins a heading, "-" an item, "|" a row of a table; anything else is a paragraph.
TRAVEL_POLICY = """\
# When to travel

Travel when being there makes a difference: a harbour, an operator, a team that meets four times a year. For a meeting
of less than two hours, call. Your manager agrees before you book; above €500 for one journey the head of department
too.

# Trains, ferries and flights

- Take the train if it brings you there in five hours or less. Second class; first class if it costs at most €15 more.
- Ferries of our four operators are free for staff. Book with your staff account and choose project code FERRY-00.
- Fly only if the train takes longer than five hours. Economy class, one piece of luggage. Book at least 14 days
  ahead.
- Night trains are welcome at any distance: a bed in a shared compartment is paid, and saves a hotel.
- A car of your own is paid with €0.38 per kilometre, if there is no train or bus within 60 minutes.

# Hotels

Book through the portal Reisla; it knows our rates. The limits are for one night with breakfast. In Aldhamn we have
four rooms in the guest house Fyren (Fyrgränd 7) at €82; Katja Blom keeps the calendar.

| Place | Limit per night |
| Capital cities | €180 |
| Other cities | €140 |
| Islands, June to August | €165 |
| Guest house Fyren, Aldhamn | €82, always first choice |

# Daily allowance

The allowance covers meals and small things; no receipts are needed. Breakfast in the hotel, or a lunch that somebody
else pays, reduces it.

| Absence | Amount |
| More than 12 hours | €52 |
| 6 to 12 hours | €26 |
| Less than 6 hours | nothing |
| Breakfast included | minus €9 |
| Lunch or dinner included | minus €17 each |

# Travelling time

Time on a journey counts as work in full when you work, and half when you do not. Travelling on a Sunday or a public
holiday gives half a day back. Nobody has to travel before 06:00 or after 22:00.

# When something goes wrong

Missed connections and illness: change the booking yourself up to €200, call the travel line of Reisla above that. The
insurance policy has the number VG-20-88143 and covers private days of at most three before or after the journey.

# Handing in

Enter the journey in Kvitto within 30 days after your return. Travel costs are approved like all other expenses.
Questions: Noor Al-Masri, channel #ask-finance.
"""

QUARTER = """\
# The quarter in five numbers

- 412,300 bookings, 9.4 % more than a year ago
- Revenue €9.86 million; plan was €9.60 million
- 61,240 parcels, 14 % more
- Conversion of the checkout 33.0 %, was 31.2 %
- Customers who would recommend us, minus those who would not: 47 (44)

Ingrid presents. The jump in bookings is summer booking, which opened on 12 January, a week earlier than in 2025.
Without the earlier start the growth is about 6 %.

# What we finished

- Foghorn moved from Platform to Parcels on 16 February
- Tariff 2026 went live on 1 March without an emergency correction
- Clock in the basket: expired holds fell from 9.1 % to 7.0 %
- Terminal badges with NFC in all seven harbours

The badge project cost €18,400, €1,600 below the budget.

# What we did not finish

- Rebooking after cancellations (RFC-002): moved to the third quarter
- Finnish voice menu in Customer Care: waits for the telephone provider
- Old parcel tariffs are still in a spreadsheet

RFC-002 moved because two people of Timetable were ill for five weeks. Siri has a new plan; the trial on Kråkö starts
in August.

# Reliability

- checkout-api 99.94 % (target 99.9 %), 95th percentile 310 ms
- Incidents: no SEV1, 3 SEV2, 9 SEV3
- Pages per on-call shift: 2.3, a year ago 5.1
- 1,148 deployments, 3.1 % rolled back

The most expensive incident was INC-289 on 3 February: labels in Torvalla did not print for 3 hours, 118 parcels
missed the boat, €2,050 of postage returned.

# Customer Care

- 18,900 contacts, 4.6 per 100 bookings (5.3)
- First answer by chat after 1 min 50 s, by e-mail after 5.2 hours
- Reasons: change of booking 31 %, where is my refund 12 %, parcels 22 %, other 35 %

Questions about refunds were 19 % a year ago. Since refund-worker sends by itself, fewer people have to ask.

# Plans for the second quarter

- Parcel lockers: pilot in Bryggeholm from 4 May (Salla Kettunen)
- Booking by invoice for schools and clubs (Ivo Marinov)
- Widget version 4 at all 148 partners before 31 October (Beatriz Cardoso)
- Accessibility audit of the booking site in June (Thea Vinter)

The audit is done by an outside company for €7,800. Results are shown in the demo on 26 June.

# Costs

| Costs, first quarter 2026 | Actual | Plan |
| Clusters and network | €58,200 | €60,000 |
| Text messages (402,000) | €16,900 | €18,500 |
| Payment fees | €141,700 | €139,000 |
| Tools and licences | €33,100 | €31,500 |

Payment fees are above plan because revenue is.
"""

CONTRACT = """\
# Summary of the contract with Beaconsms Oy

Contract number BCN-2025-117. Subject: sending of text messages for Sundrell (service Foghorn).

Signed on 12 September 2025 by Helena Korhonen for Sundrell. Owner since 16 February 2026: Gunnar Ekblad (Parcels),
before that Anders Thorsell (Platform). Written by Noor Al-Masri on 25 February 2026. The contract itself is the
binding text.

Term. The contract runs from 1 October 2025 for 24 months, until 30 September 2027. It is renewed by 12 months each
time unless one side gives notice 90 days before the end. The last day for our notice is therefore 2 July 2027.

Early end. We may leave after 12 months if the price rises by more than 3 % in a year, or after three months in a row
below the agreed availability.

Minimum. We commit to 1.8 million messages a year of the contract. What is missing is charged with half the price. In
the first five months we sent 655,000.

# Prices and limits

Price per message: inland EUR 0.042, Finland EUR 0.048, Estonia EUR 0.051, other EU EUR 0.064. A message is 160
characters; longer ones count for each part of 153.

The price follows the index of producer prices for telecommunications, once a year on 1 October, at most 5 % up.

Throughput: 40 messages a second. Bursts of 80 a second for four hours, three times a calendar month without charge,
EUR 120 for each further one.

Sender names are registered for each country and year: Finland and Estonia until 1 March, EUR 90 each.

Invoices come on the fifth working day, payable within 30 days. Disputes must be raised within 45 days.

# Service level, data and contacts

Availability 99.9 % a calendar month, measured at their interface. Credits: below 99.9 % 5 %, below 99.5 % 15 %, below
99.0 % 30 % of the month's invoice. We must ask for a credit by the 10th of the following month.

Delivery: 95 % of messages within 20 seconds, inland. No credit is attached to this value.

Support: tickets at all hours, first answer within 30 minutes for priority 1 and 4 hours for priority 2. Our account
manager is Johanna Peltola.

Data: processed in Finland and Germany. The text of messages is deleted after 30 days, numbers after 6 months.
Subcontractors need our consent; we have 14 days to object. The data processing agreement is Annex 3.

Liability: limited to the payments of 12 months, unlimited for intent and for breaches of the data processing
agreement.

To do before October 2026: compare with two other offers (Gunnar Ekblad), because the early end becomes possible then.
"""

FIRST_SHIFT = date(2026, 6, 2)
ROTA = {
    "shop": ["Oskar", "Elin", "Freja", "Tomasz", "Pavel", "Kwame", "Aino", "Marta", "Beatriz", "Chloe", "Jun", "Elin"],
    "network": ["Dmitri", "Ifeoma", "Hannah", "Sami", "Rafael", "Valentina"] * 2,
    "foundation": ["Kofi", "Nils", "Petra", "Leo", "Tuomas", "Mirjam"] * 2,
}
ROTA_NOTES = {
    2: "Midsummer Eve on Friday",
    5: "Torvalla office closed",
    10: "summer freeze ends on Wednesday of this week",
}
RATES: list[list[str | int]] = [
    ["On-call rates, valid from 1 January 2026", "", ""],
    ["Time", "Primary, EUR", "Secondary, EUR"],
    ["Weekday night, 18:00-08:00", 40, 20],
    ["Saturday, Sunday, public holiday (24 hours)", 110, 55],
    ["Midsummer Eve, Christmas Eve, New Year's Eve", 150, 75],
    ["Swapped shift", "paid to the person in PagerDuty", ""],
]


@dataclass(frozen=True)
class Block:
    """A piece of a text: its kind ("heading", "items", "rows" or "paragraph") and its lines."""

    kind: str
    lines: list[str]

    @property
    def rows(self) -> list[list[str]]:
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in self.lines]


def main() -> None:
    """Write all four files."""
    OFFICE.mkdir(parents=True, exist_ok=True)
    write_travel_policy(OFFICE / "travel-policy.docx")
    write_quarterly_review(OFFICE / "quarterly-review-2026-q1.pptx")
    write_rota(OFFICE / "oncall-rota.xlsx")
    write_contract(OFFICE / "vendor-contract-beaconsms.pdf")


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text, which empty lines separate."""
    kinds = {"#": "heading", "-": "items", "|": "rows"}
    for part in text.strip().split("\n\n"):
        kind = kinds.get(part[0], "paragraph")
        # A line that begins with no mark goes on with the line before.
        lines = re.sub(r"\n\s*(?![-|])", " ", part).split("\n")
        yield Block(kind, [re.sub(r"^[#-] ", "", line) for line in lines])


def write_travel_policy(path: Path) -> None:
    document = Document()
    stamp(document.core_properties, title="Travel policy")
    document.add_heading("Travel policy", level=0)
    document.add_paragraph(
        "Valid from 1 February 2026. Owner: Finance (Noor Al-Masri). Replaces the version of June 2023."
    )
    for block in blocks(TRAVEL_POLICY):
        match block.kind:
            case "heading":
                document.add_heading(block.lines[0], level=1)
            case "items":
                for line in block.lines:
                    document.add_paragraph(line, style="List Bullet")
            case "rows":
                table = document.add_table(len(block.rows), len(block.rows[0]), style="Light Grid Accent 1")
                fill(table, block.rows)
            case _:
                document.add_paragraph(block.lines[0])
    document.sections[0].footer.paragraphs[0].text = "Sundrell · Travel policy · 2026-02"
    document.save(str(path))
    make_reproducible(path)


def write_quarterly_review(path: Path) -> None:
    deck = Presentation()
    stamp(deck.core_properties, title="Quarterly review, first quarter 2026")
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = "Quarterly review"
    slide.placeholders[1].text = "January to March 2026 · presented on 14 April 2026 · Priya Raghunathan"
    for block in blocks(QUARTER):
        match block.kind:
            case "heading":
                slide = deck.slides.add_slide(deck.slide_layouts[5])
                slide.shapes.title.text = block.lines[0]
            case "items":
                add_points(slide, block.lines)
            case "rows":
                shape = slide.shapes.add_table(len(block.rows), 3, Inches(0.7), Inches(1.8), Inches(8.5), Inches(2.5))
                fill(shape.table, block.rows)
            case _:
                slide.notes_slide.notes_text_frame.text = block.lines[0]
    deck.save(str(path))
    make_reproducible(path)


def add_points(slide, points: list[str]) -> None:
    frame = slide.shapes.add_textbox(Inches(0.7), Inches(1.8), Inches(8.6), Inches(4.5)).text_frame
    frame.word_wrap = True
    for number, point in enumerate(points):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text = f"• {point}"
        paragraph.font.size = Pt(24)
        paragraph.space_after = Pt(10)


def fill(table, rows: list[list[str]]) -> None:
    """Fill a table of a Word document or a slide."""
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def write_rota(path: Path) -> None:
    book = Workbook()
    book.properties.creator = "Anders Thorsell"
    book.properties.created = WRITTEN.replace(tzinfo=None)
    rota = book.active
    rota.title = "Rota summer 2026"
    roles = [f"{name}: {role}" for name in ROTA for role in ("primary", "secondary")]
    rota.append(["Shift begins (Tue 10:00)", "Shift ends", *roles, "Note"])
    for week in range(12):
        start = FIRST_SHIFT + timedelta(weeks=week)
        # The secondary was primary the week before. Before the first week that is the last name of the list.
        people = [names[week - back] for names in ROTA.values() for back in (0, 1)]
        rota.append([start, start + timedelta(days=7), *people, ROTA_NOTES.get(week)])
    rates = book.create_sheet("Rates")
    for row in RATES:
        rates.append(row)
    format_sheet(rota, header_row=1)
    format_sheet(rates, header_row=2)
    book.save(path)
    make_reproducible(path)


def format_sheet(sheet, *, header_row: int) -> None:
    for cell in sheet[header_row]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="DDE8F0")
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 24
    sheet.freeze_panes = sheet.cell(row=header_row + 1, column=1)


class ContractPdf(FPDF):
    """Pages with the contract's number at the bottom."""

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", "I", 9)
        self.cell(0, 6, f"Sundrell, internal. BCN-2025-117, page {self.page_no()}")


def write_contract(path: Path) -> None:
    """Write one page per heading."""
    pdf = ContractPdf(format="A4")
    pdf.set_title("Summary of the contract with Beaconsms Oy")
    pdf.set_author("Noor Al-Masri")
    pdf.set_creation_date(WRITTEN)
    for block in blocks(CONTRACT):
        if block.kind == "heading":
            pdf.add_page()
            pdf.set_font("Helvetica", "B", 16)
        else:
            pdf.set_font("Helvetica", size=11)
        pdf.multi_cell(0, 7, block.lines[0], new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    pdf.output(str(path))


def stamp(properties, *, title: str) -> None:
    properties.title = title
    properties.author = properties.last_modified_by = "Sundrell"
    properties.created = properties.modified = WRITTEN.replace(tzinfo=None)


def make_reproducible(path: Path) -> None:
    """Rewrite an office file with fixed times in it, so that the same content gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in sorted(archive.namelist())}
    fixed = WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    parts["docProps/core.xml"] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fixed, parts["docProps/core.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
