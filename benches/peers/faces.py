"""Times the reading of Labeled Faces in the Wild beside a loop of imageio, Pillow and pandas, in one run.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install imageio numpy pandas pillow
    LATENTLAB_DATA=... /tmp/peers/bin/python benches/peers/faces.py [--rounds 3]

LATENTLAB_DATA/lfw holds lfw-deepfunneled.zip and lfw_attributes.txt. The archive is unpacked first, and both read the
folder: table, file names, merge, decoding, middle, 45 x 45 pixels. Ours does not use its cache. Rounds take turns and the
best of each counts, so that both find the files in memory. The pictures of both are compared in the end.
"""

import argparse
import os
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import imageio
import numpy as np
import pandas as pd
import PIL
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
CUT, SIZE = 70, (45, 45)


def peer(folder):
    """One photograph after the other, as a course's notebook does it."""
    scores = pd.read_csv(folder / "lfw_attributes.txt", sep="\t", skiprows=1)
    scores = pd.DataFrame(scores.iloc[:, :-1].values, columns=scores.columns[1:])
    number = "imagenum" if "imagenum" in scores else "Imagenum"
    files = []
    for place, _, names in os.walk(folder / "lfw-deepfunneled"):
        for name in names:
            if name.endswith(".jpg"):
                *person, last = name[:-4].split("_")
                files.append({"person": " ".join(person), number: int(last), "path": os.path.join(place, name)})
    merged = scores.merge(pd.DataFrame(files), on=["person", number])
    pictures = []
    for path in merged["path"]:
        middle = imageio.v2.imread(path)[CUT:-CUT, CUT:-CUT]
        pictures.append(np.array(Image.fromarray(middle).resize(SIZE)))
    return np.stack(pictures).astype("uint8")


def ours(program, out, folder, *options):
    report = subprocess.run([program, out, folder, *options], check=True, capture_output=True, text=True).stdout
    return float(report.split("seconds ")[1].split()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    data = Path(os.environ["LATENTLAB_DATA"]) / "lfw"
    build = ["cargo", "build", "--release", "--example", "faces"]
    subprocess.run(build, cwd=ROOT, check=True)
    program = ROOT / "target/release/examples/faces"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with zipfile.ZipFile(data / "lfw-deepfunneled.zip") as archive:
            archive.extractall(folder)
        (folder / "lfw_attributes.txt").write_bytes((data / "lfw_attributes.txt").read_bytes())
        times = {"Python loop": [], "ours": [], "ours, one thread": [], "ours, from the zip": []}
        for _ in range(rounds):
            start = time.perf_counter()
            pictures = peer(folder)
            times["Python loop"].append(time.perf_counter() - start)
            times["ours, one thread"].append(ours(program, folder / "out", folder, "--threads", "1"))
            times["ours, from the zip"].append(ours(program, folder / "out", data))
            times["ours"].append(ours(program, folder / "out", folder))
        levels = np.fromfile(folder / "out/levels.bin", dtype=np.uint8).reshape(pictures.shape)
    apart = np.abs(levels.astype(int) - pictures)
    print(f"{len(pictures)} pictures, {os.cpu_count()} cores, Pillow {PIL.__version__}, imageio {imageio.__version__}")
    best = {name: min(values) for name, values in times.items()}
    for name, seconds in best.items():
        print(f"{name:20} {seconds:6.2f} s   {best['Python loop'] / seconds:5.1f} times as fast")
    print(f"levels apart: {apart.mean():.3f} of 255 in the mean, {apart.max()} at most")


if __name__ == "__main__":
    main()
