"""Sets a document that has been written as Typst: reads one job as JSON, writes the PDF and says on which
pages its parts stand. Where it cannot be set, each section is tried alone, so that the others need not be lost."""

import json
import pathlib
import sys

import typst


def compiler(job, main):
    return typst.Compiler(
        main,
        root=job["root"],
        font_paths=[job["fonts"]],
        package_path=job["root"],
        package_cache_path=job["root"],
    )


def trouble(job, name, content):
    """Why a part of the document alone cannot be set, if it cannot."""
    path = pathlib.Path(job["root"], name)
    path.write_text(content, encoding="utf-8")
    try:
        compiler(job, str(path)).compile(format="pdf")
    except Exception as error:
        return getattr(error, "message", None) or str(error)
    return None


def is_missing(job, sign):
    """Whether no font has a character: a PDF for archives may not hold the sign that stands for such ones."""
    path = pathlib.Path(job["root"], "sign.typ")
    path.write_text(f"#{json.dumps(sign, ensure_ascii=False)}", encoding="utf-8")
    try:
        compiler(job, str(path)).compile(format="pdf", pdf_standards="a-2b")
    except typst.TypstError:
        return True
    return False


def main():
    job = json.load(sys.stdin)
    if "picture" in job:
        answer = {"error": trouble(job, "probe.typ", f"#image({json.dumps(job['picture'])})")}
    else:
        answer = whole(job)
    json.dump(answer, sys.stdout)


def whole(job):
    source = job["begin"] + "".join(job["sections"]) + job["end"]
    path = pathlib.Path(job["root"], "main.typ")
    path.write_text(source, encoding="utf-8")
    press = compiler(job, str(path))
    try:
        press.compile(output=job["output"], format="pdf", timestamp=0)
        spots = json.loads(press.query("<spot>", field="value"))
        return {"spots": spots, "missing": [sign for sign in job["unusual"] if is_missing(job, sign)]}
    except typst.TypstError as error:
        message = error.diagnostic or error.message
    alone = lambda section: trouble(job, "part.typ", job["begin"] + section + job["end"])
    return {"error": message, "sections": [alone(section) for section in job["sections"]]}


main()
