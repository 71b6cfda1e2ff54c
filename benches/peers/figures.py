"""The figures of `examples/figures.rs`, drawn by matplotlib and seaborn from the same data, and timed beside ours.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r benches/peers/requirements.txt
    /tmp/peers/bin/python benches/peers/figures.py [FOLDER]

Builds and runs our example, then draws and times the peer (best of three each, in the same run, PNG at 192 dots per
inch and the same size), and writes FOLDER/NAME-peer.png, FOLDER/side-NAME.png with both pictures, and a table.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.dates
import matplotlib.pyplot as plt
import networkx
import numpy as np
import seaborn
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 3
SIZE = (640 / 96, 400 / 96)


def new(width=640, height=400, **options):
    return plt.subplots(figsize=(width / 96, height / 96), layout="constrained", **options)


def line(data):
    figure, axes = new()
    dates = np.array(data["dates"], dtype="datetime64[D]")
    for name, values in zip(("AAPL", "MSFT", "XOM"), data["series"]):
        axes.plot(dates, values, label=name)
    axes.fill_between(dates, data["lower"], data["upper"], alpha=0.22)
    axes.axhline(0, linestyle="--", color="gray", label="start")
    axes.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set(title="Cumulative log returns", ylabel="log return")
    axes.legend()
    return figure


def many_lines(data):
    figure, axes = new()
    for index, values in enumerate(data["series"]):
        axes.plot(values, label=f"T{index:02}", linewidth=0.8)
    axes.set(title="Clipped daily log returns", xlabel="day", ylabel="σ")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=7)
    return figure


def log_lines(data):
    figure, axes = new()
    axes.loglog(data["x"], data["one"], label="first order")
    axes.loglog(data["x"], data["other"], label="second order")
    axes.axvline(0.1, linestyle="--", color="gray", label="chosen")
    axes.set(title="Duality gap over α", xlabel="α", ylabel="gap")
    axes.legend()
    return figure


def scatter(data):
    figure, axes = new()
    for index, (name, (x, y)) in enumerate(zip(("three", "five", "eight"), data["groups"])):
        seaborn.kdeplot(x=x, y=y, fill=True, alpha=0.5, ax=axes, color=f"C{index}")
        axes.scatter(x, y, s=12, alpha=0.6, label=name, color=f"C{index}")
    axes.set(title="Latent codes", xlabel="first code", ylabel="second code")
    axes.legend()
    return figure


def scatter_million(data):
    figure, axes = new()
    x, y = scatter_million.points
    axes.scatter(x, y, s=2, alpha=0.02, linewidths=0)
    axes.set(title="A million points", xlabel="x", ylabel="y")
    return figure


_random = np.random.default_rng(1)
_x = _random.standard_normal(1_000_000)
scatter_million.points = (_x, 0.5 * _x * _x + _random.standard_normal(1_000_000))


def bar(data):
    figure, axes = new()
    names = [f"PC {index}" for index in range(1, 9)]
    axes.bar(names, data["each"], label="each")
    axes.plot(names, data["together"], "o-", color="C1", label="cumulative")
    axes.set(title="Explained variance", ylabel="share of variance")
    axes.legend()
    return figure


def histogram(data):
    figure, axes = new()
    edges = np.histogram_bin_edges(data["one"] + data["other"], "auto")
    for name, key in (("calm", "one"), ("stressed", "other")):
        seaborn.histplot(data[key], bins=edges, stat="density", kde=True, label=name, ax=axes, alpha=0.5)
    axes.set(title="Standardised returns", xlabel="return in σ")
    axes.legend()
    return figure


def heat_map(data):
    grid = seaborn.clustermap(
        np.array(data["matrix"]), cmap="RdBu", vmin=-1, vmax=1, linewidths=0.5,
        xticklabels=data["names"], yticklabels=data["names"], figsize=(640 / 96, 640 / 96),
    )
    return grid.figure


def heat_map_numbers(data):
    figure, axes = new(560, 420)
    matrix = np.array(data["matrix"])
    seaborn.heatmap(matrix, annot=True, fmt=".2f", cmap="RdBu", center=0, linewidths=0.5, ax=axes,
                    xticklabels=[f"f{i}" for i in range(1, 9)], yticklabels=[f"asset {i}" for i in range(1, 7)])
    axes.set(title="Loadings", xlabel="factor")
    return figure


def network(data):
    figure, axes = new(640, 480)
    graph = networkx.Graph()
    graph.add_nodes_from(range(20))
    graph.add_weighted_edges_from(data["edges"])
    weights = [weight for _, _, weight in graph.edges(data="weight")]
    networkx.draw_networkx(
        graph, networkx.spring_layout(graph, seed=1, weight=None), ax=axes, node_size=350,
        labels={node: f"T{node:02}" for node in graph}, font_size=7, width=[abs(w) * 8 for w in weights],
        node_color=[f"C{node % 4 + 2}" for node in graph], edge_color=["C0" if w > 0 else "C1" for w in weights],
    )
    axes.set(title="Conditional dependence")
    axes.axis("off")
    return figure


def confusion(data):
    figure, axes = new(360, 320)
    counts = np.zeros((3, 3))
    np.add.at(counts, (data["truth"], data["predicted"]), 1)
    names = ["under", "neutral", "over"]
    seaborn.heatmap(counts / counts.sum(1, keepdims=True), annot=counts, fmt=".0f", cmap="Blues", vmin=0, vmax=1,
                    xticklabels=names, yticklabels=names, ax=axes)
    axes.set(title="Test part", xlabel="predicted class", ylabel="true class")
    return figure


def learning(data):
    figure, axes = new()
    epochs = range(1, 61)
    axes.plot(epochs, data["train"], label="train")
    axes.plot(epochs, data["validation"], label="validation")
    best = int(np.argmin(data["validation"]))
    axes.axvline(best + 1, linestyle="--", color="gray", label=f"best: epoch {best + 1}")
    axes.plot(best + 1, data["validation"][best], "o", color="C1")
    axes.set(title="Variational autoencoder", xlabel="epoch", ylabel="loss")
    axes.legend()
    return figure


def subplots(data):
    figure, all_axes = new(722, 475, nrows=2, ncols=2, sharey=True)
    for index, (axes, run) in enumerate(zip(all_axes.flat, data["runs"])):
        axes.plot(run)
        axes.set(title=f"σ = {index + 1} %")
    figure.suptitle("Four volatilities, one scale")
    return figure


def images_of(title, images, titles, columns, rows=()):
    count = -(-len(images) // columns)
    figure, all_axes = new(640, 30 + count * 90, nrows=count, ncols=columns, squeeze=False)
    for index, (axes, image) in enumerate(zip(all_axes.flat, images)):
        axes.imshow(np.reshape(image, (45, 45)), cmap="gray", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        if titles:
            axes.set_title(titles[index], fontsize=8)
    for row, name in enumerate(rows):
        all_axes[row][0].set_ylabel(name)
    figure.suptitle(title)
    return figure


def gallery(data):
    return images_of("Drawn faces", data["images"], data["titles"], 8)


def pairs(data):
    images = data["originals"] + data["copies"]
    return images_of("Reconstructions", images, [], 8, ["original", "reconstruction"])


def strip(data):
    return images_of("Along the smile vector", data["images"], data["titles"], 8)


def box(data):
    figure, axes = new()
    seaborn.boxplot(dict(zip(data["names"], data["samples"])), ax=axes)
    axes.set(title="F1 over 40 runs", ylabel="macro F1")
    return figure


def violin(data):
    figure, axes = new()
    seaborn.violinplot(dict(zip(data["names"], data["samples"])), ax=axes, cut=0)
    axes.set(title="F1 over 200 runs", ylabel="macro F1")
    return figure


def timed(draw, data, path):
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.perf_counter()
        figure = draw(data)
        figure.savefig(path, dpi=192)
        best = min(best, time.perf_counter() - begin)
        plt.close("all")
    return best


def side_by_side(ours, theirs, path):
    pictures = [Image.open(ours).convert("RGB"), Image.open(theirs).convert("RGB")]
    height = max(picture.height for picture in pictures)
    both = Image.new("RGB", (sum(picture.width for picture in pictures) + 40, height), "white")
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width + 40, 0))
    both.save(path)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "out" / "figures").resolve()
    command = ["cargo", "run", "--release", "--quiet", "--example", "figures", "--", str(folder), str(REPEATS)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    data = json.loads((folder / "data.json").read_text())
    ours = {name: min(times) for name, times in json.loads((folder / "times.json").read_text()).items()}
    # The first figure of a process pays for loading fonts; that is no part of drawing.
    line(data["line"]).savefig(folder / "line-peer.png", dpi=192)
    print(f"matplotlib {matplotlib.__version__}, seaborn {seaborn.__version__}, best of {REPEATS}")
    print(f"{'figure':<18}{'ours':>10}{'peer':>10}{'times faster':>14}")
    ratios = []
    for name, content in data.items():
        theirs = timed(globals()[name], content, folder / f"{name}-peer.png")
        side_by_side(folder / f"{name}.png", folder / f"{name}-peer.png", folder / f"side-{name}.png")
        ratios.append(theirs / ours[name])
        print(f"{name:<18}{ours[name]:>8.3f} s{theirs:>8.3f} s{ratios[-1]:>14.1f}")
    print(f"least {min(ratios):.1f}, median {sorted(ratios)[len(ratios) // 2]:.1f}")


if __name__ == "__main__":
    main()
