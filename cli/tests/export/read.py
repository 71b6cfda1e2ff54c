"""Compares exports with what `expected.json` says of them.

    read.py EXPECTED REPORT
    read.py PDF

REPORT is what `lab export --json` printed. Says on each line what is wrong, and nothing where nothing is. With a
PDF alone, prints its text.
"""

import json
import pathlib
import re
import sys
import unicodedata

import pypdf
import pypdf._cmap

# A letter with a thousand combining marks is one glyph with a long text.
pypdf._cmap.MAX_CMAP_STRING_BYTES_LIMIT = 1_000_000

# Whether these scripts can be shown depends on the fonts of the machine, which the warning is about.
DEPENDS_ON_THE_MACHINE = {"missing-glyph"}


def bare(text):
    text = re.sub("[\u00ad\u200b]|-\n", "", text)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def faults(expected, exported):
    pages = pypdf.PdfReader(exported["output"]).pages
    # A hyphen at the end of a line may also be one of the text.
    raw = "".join(page.extract_text() for page in pages)
    texts = [bare(raw), bare(raw.replace("-\n", "\u2010"))]
    for words in expected.get("text", []):
        if not any(bare(words) in text for text in texts):
            yield f"lacks {words!r}"
    for words in expected.get("not_text", []):
        if bare(words) in texts[0]:
            yield f"shows {words!r}"
    found = {warning["kind"] for warning in exported["warnings"]} - DEPENDS_ON_THE_MACHINE
    if "warnings" in expected and found != set(expected["warnings"]):
        yield f"warns of {sorted(found)} instead of {expected['warnings']}"
    for kind, least in expected.get("warning_counts", {}).items():
        count = sum(warning["kind"] == kind for warning in exported["warnings"])
        if count < least:
            yield f"warns {count} times of {kind}, not {least} times"
    if len(pages) < expected.get("min_pages", 1):
        yield f"has {len(pages)} pages"
    if exported["pictures"] < expected.get("images", 0):
        yield f"has {exported['pictures']} pictures instead of {expected['images']}"
    links = sum(len(page.get("/Annots", [])) for page in pages)
    if links < expected.get("links", 0):
        yield f"has {links} links instead of {expected['links']}"


def main():
    sys.stdout.reconfigure(errors="replace")
    if len(sys.argv) == 2:
        print("".join(page.extract_text() for page in pypdf.PdfReader(sys.argv[1]).pages))
        return
    expected = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    report = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    for exported in report["notebooks"]:
        name = pathlib.Path(exported["notebook"]).name
        if not exported.get("output"):
            print(f"{name} failed: {exported['error']}")
            continue
        for fault in faults(expected[f"notebooks/{name}"], exported):
            print(f"{name} {fault}")


main()
