# SPDX-License-Identifier: BSL-1.0
#
# html_page.py: what the tests of pages with pictures share: a parser that fails where a page is not well-formed, and
# the checks that hold for each page.
import html.parser
import re

VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    """The text of a page's tables; fails where its elements do not nest."""

    def __init__(self, text):
        super().__init__()
        self.text = text
        self.open, self.cells, self.rows, self.headings, self.attributes, self.titles = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.attributes += [(tag, *each) for each in attributes]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        if tag in ("td", "h2", "title"):
            {"td": self.cells, "h2": self.headings, "title": self.titles}[tag].append("")

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()

    def handle_startendtag(self, tag, attributes):
        self.attributes += [(tag, *each) for each in attributes]

    def handle_data(self, data):
        if "td" in self.open:
            self.cells[-1] += data
            self.rows[-1][-1] += data
        if self.open and self.open[-1] == "h2":
            self.headings[-1] += data
        if self.open and self.open[-1] == "title":
            self.titles[-1] += data


def faults_of(page):
    """What of a page comes from elsewhere, and which colours are missing in light or in dark."""
    text = page.text
    faults = re.findall(r"https?://[^\"' ]+", text.replace("http://www.w3.org/2000/svg", ""))
    faults += re.findall(r"@import|<script|<link|<img|<iframe", text)
    faults += [each for each in page.attributes if each[1] in ("src", "href", "xlink:href")]
    # Every url() is a part of the page.
    faults += [each for each in re.findall(r"url\(([^)]*)\)", text) if not each.startswith("#")]
    light, dark = text.split("prefers-color-scheme:dark", 1)
    for name in sorted(set(re.findall(r"var\((--\w+)[,)]", text))):
        faults += [(mode, name) for mode, part in (("light", light), ("dark", dark)) if name + ":" not in part]
    return faults
