"""Times `lab export NB --to pdf` beside nbconvert and pandoc, in one run, and counts what each of them lost.

    python3 -m venv target/peers-export
    target/peers-export/bin/pip install -r benches/peers/requirements-export.txt
    target/peers-export/bin/python benches/peers/export.py --lab target/release/lab out/00_gallery.ipynb

Every export is a process of its own, started in a fresh folder with a copy of the notebook and of `images` beside it.
The tools take turns, round after round, so that a busy machine is busy for all of them; the table has medians.

nbconvert    `WebPDFExporter`, the exporter behind `jupyter nbconvert --to webpdf`, with the system's Chromium
             (`--chromium`), since the build that playwright would download is not needed for it. MathJax comes from the
             package jupyter_server_mathjax, so that formulas are set without a network; require.js, which only widgets
             and interactive charts need, is left out, or Chromium would wait for the network.
pandoc       pandoc from pypandoc_binary writes Typst, the Typst compiler of the package typst makes the PDF.

A picture is a placed bitmap, or a band of the page with vector paths that are curved or coloured (tables and code have
neither). That counts drawings side by side as one, and may take two for one or one for two; it is meant to show losses.
The strings are those of `expected.json` for notebooks that it names, and otherwise pairs of neighbouring words from the
beginning, the middle and the end of each cell and its text.
"""

import argparse
import html
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 300  # seconds for one export
GAP = 32  # points between two drawings that are not one


# ------------------------------------------------------------------------------------------ one export, own process


def with_nbconvert(notebook, pdf, chromium):
    import jupyter_server_mathjax
    import playwright.async_api
    from nbconvert.exporters.webpdf import WebPDFExporter

    launch = playwright.async_api.BrowserType.launch

    async def launch_the_systems(self, **options):
        return await launch(self, executable_path=chromium, **options)

    playwright.async_api.BrowserType.launch = launch_the_systems
    mathjax = Path(jupyter_server_mathjax.__file__).parent / "static" / "MathJax.js"
    exporter = WebPDFExporter(
        disable_sandbox=True,
        mathjax_url=mathjax.as_uri() + "?config=TeX-AMS-MML_HTMLorMML-full,Safe",
        require_js_url="",
    )
    data, _ = exporter.from_filename(str(notebook))
    Path(pdf).write_bytes(data)


def with_pandoc(notebook, pdf, _):
    import pypandoc
    import typst

    source = Path(pdf).with_suffix(".typ")
    pandoc = [
        pypandoc.get_pandoc_path(),
        str(notebook),
        "-s",
        "-t",
        "typst",
        "--extract-media=media",
        "-o",
        str(source),
    ]
    subprocess.run(pandoc, check=True)
    typst.compile(str(source), output=str(pdf), root=str(source.parent))


PEERS = {"nbconvert": with_nbconvert, "pandoc": with_pandoc}


# ------------------------------------------------------------------------------------------------- starting and timing


def run(command, folder):
    """Seconds, and the last line of what was said if it failed."""
    start = time.perf_counter()
    child = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return time.perf_counter() - start, f"stopped after {LIMIT} s"
    seconds = time.perf_counter() - start
    last = (said.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
    return seconds, None if child.returncode == 0 else last


def export(tool, notebook, arguments, keep):
    """Seconds, failure, and the PDF's path in `keep`."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        copy = folder / notebook.name
        shutil.copy(notebook, copy)
        if (notebook.parent / "images").is_dir():
            shutil.copytree(notebook.parent / "images", folder / "images")
        pdf = copy.with_suffix(".pdf")
        if tool == "lab":
            command = [arguments.lab, "export", copy.name, "--to", "pdf"]
        else:
            command = [
                sys.executable,
                str(HERE / "export.py"),
                "--as",
                tool,
                copy.name,
                "--chromium",
                arguments.chromium,
            ]
        seconds, failure = run(command, folder)
        if failure is None and not pdf.is_file():
            failure = "no PDF"
        kept = keep / f"{notebook.stem}-{tool}.pdf"
        if failure is None:
            shutil.copy(pdf, kept)
        return seconds, failure, kept


# --------------------------------------------------------------------------------------------------- what is in a PDF


def plain(text):
    """Text without what a page adds to it: hyphens at line ends, ligatures, white space."""
    text = re.sub(r"[-\u2010\u00ad]\n", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


def is_drawn(path):
    """Whether a path could belong to a figure: it has a curve, or a colour that is not grey."""
    colours = [colour for colour in (path.get("color"), path.get("fill")) if colour]
    return any(item[0] == "c" for item in path["items"]) or any(max(colour) - min(colour) > 0.15 for colour in colours)


def placed(page):
    """Where bitmaps lie. Four or more neighbours with as many pixels each are tiles of one picture."""
    import pymupdf

    tiles = {(tuple(image["bbox"]), image["width"], image["height"]) for image in page.get_image_info()}
    groups = []
    for box, *size in sorted(tiles):
        area = pymupdf.Rect(box)
        if area.width > 3 and area.height > 3:
            near = [
                group
                for group in groups
                if group[0] == size and any(area.intersects(tile + (-6, -6, 6, 6)) for tile in group[1])
            ]
            groups = [group for group in groups if group not in near]
            groups.append((size, [area] + [tile for group in near for tile in group[1]]))
    areas = []
    for _, tiles in groups:
        if len(tiles) >= 4:
            whole = tiles[0]
            for tile in tiles:
                whole |= tile
            tiles = [whole]
        areas += tiles
    return areas


def contents(pdf):
    """Text, number of pages and number of pictures."""
    import pymupdf

    text, pictures = [], 0
    with pymupdf.open(pdf) as document:
        for page in document:
            text.append(page.get_text())
            bitmaps = placed(page)
            drawn = [
                path for path in page.get_drawings() if is_drawn(path) and path["rect"].height < page.rect.height * 0.95
            ]
            bands = []
            for area in sorted((pymupdf.Rect(path["rect"]) for path in drawn), key=lambda area: area.y0):
                if bands and area.y0 - bands[-1].y1 < GAP:
                    bands[-1] |= area
                else:
                    bands.append(area)
            bands = [area for area in bands if area.width > 50 and area.height > 35]
            reach = [area + (-GAP, 0, GAP, 0) for area in bands]
            pictures += len(bands) + len([area for area in bitmaps if not any(area.intersects(band) for band in reach)])
        return plain("\n".join(text)), len(document), pictures


def samples(text, form=r"\b[A-Za-z]{4,} [A-Za-z]{4,}\b"):
    """What has a form (two neighbouring words) from the beginning, the middle and the end of a text."""
    found = re.findall(form, text)
    return {found[0], found[len(found) // 2], found[-1]} if found else set()


def wanted(notebook, expected):
    """Strings and number of pictures that a good export has."""
    for name, entry in expected.items():
        if Path(name).name == notebook.name:
            return entry["text"], entry["images"]
    cells = json.loads(notebook.read_text()).get("cells", [])
    strings, pictures = set(), 0
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            source = re.sub(r"\$\$.*?\$\$|\$.*?\$|<[^>]*>|\]\([^)]*\)", " . ", source, flags=re.DOTALL)
            pictures += len(re.findall(r"!\[", source))
        strings |= samples(source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if any(kind.startswith("image/") for kind in data):
                pictures += 1
            elif "text/html" in data:
                markup = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " . ", "".join(data["text/html"]), flags=re.DOTALL)
                strings |= samples(html.unescape(markup), r"\b[A-Za-z]{4,}\b")  # cells may break between words
            else:
                strings |= samples("".join(output.get("text", data.get("text/plain", ""))))
    return sorted(strings), pictures


# --------------------------------------------------------------------------------------------------------------- main


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("notebooks", nargs="+", type=Path)
    arguments.add_argument("--lab", help="the lab binary; without it, only the others run")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--only", help="tools to run, with commas between them")
    arguments.add_argument(
        "--chromium", default=shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    )
    arguments.add_argument("--expected", type=Path, default=HERE.parent / "expected.json")
    arguments.add_argument("--keep", type=Path, help="folder for the PDFs")
    arguments.add_argument(
        "--as", dest="tool", choices=PEERS, help="make one export in this process: NOTEBOOK becomes PDF"
    )
    arguments = arguments.parse_args()
    if arguments.tool:
        notebook = arguments.notebooks[0].resolve()
        return PEERS[arguments.tool](notebook, notebook.with_suffix(".pdf"), arguments.chromium)

    tools = (["lab"] if arguments.lab else []) + list(PEERS)
    if arguments.only:
        tools = [tool for tool in tools if tool in arguments.only.split(",")]
    if arguments.lab:
        arguments.lab = str(Path(arguments.lab).resolve())
    expected = json.loads(arguments.expected.read_text()) if arguments.expected.is_file() else {}
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="exports-"))
    keep.mkdir(parents=True, exist_ok=True)

    print(f"{arguments.rounds} rounds, {os.cpu_count()} cores; PDFs in {keep}\n")
    print("| notebook | tool | median | least–most | ratio | pages | pictures | strings | size |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    notes = []
    for notebook in arguments.notebooks:
        times, results = {tool: [] for tool in tools}, {}
        for number in range(arguments.rounds):
            turn = tools[number % len(tools) :] + tools[: number % len(tools)]
            for tool in turn:
                seconds, failure, pdf = export(tool, notebook, arguments, keep)
                times[tool].append(seconds)
                results[tool] = (failure, pdf)
        strings, pictures = wanted(notebook, expected)
        base = statistics.median(times[tools[0]])
        for tool in tools:
            failure, pdf = results[tool]
            median = statistics.median(times[tool])
            row = f"| {notebook.stem} | {tool} | {median:.2f} s | {min(times[tool]):.2f}–{max(times[tool]):.2f} s | "
            row += f"{median / base:.2f} | "
            if failure:
                print(row + "failed | | | |", flush=True)
                notes.append(f"{notebook.stem}, {tool}: {failure[:300]}")
                continue
            text, pages, found = contents(pdf)
            lost = [string for string in strings if plain(string) not in text]
            print(
                f"{row}{pages} | {found} of {pictures} | {len(strings) - len(lost)} of {len(strings)} | "
                f"{pdf.stat().st_size / 1000:.0f} kB |",
                flush=True,
            )
            if lost:
                shown = ", ".join(repr(string) for string in lost[:12])
                notes.append(
                    f"{notebook.stem}, {tool}: {len(lost)} strings not found: {shown}{', …' if len(lost) > 12 else ''}"
                )
    print("\nRatios are to the first tool of each notebook.")
    for note in notes:
        print(f"- {note}")


if __name__ == "__main__":
    sys.exit(main())
