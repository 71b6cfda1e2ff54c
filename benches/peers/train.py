"""Training beside PyTorch, in one run: images a second of the face autoencoder, and microseconds a step of small networks.

`cargo lab bench train` builds our part (`examples/train.rs`) and runs this. One line of JSON for each result. Rounds of all variants follow each other in turn, and the best round of
each counts, so that other work on the machine falls on all alike. Small networks run on one thread.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def faces(variant, batch, steps):
    import torch

    sys.path.insert(0, str(ROOT / "tests/fixtures"))
    from face_vae import FaceVae

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    model = FaceVae().to(device)
    images = torch.rand(1024, 3, 45, 45, device=device)
    if "last" in variant:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def loss(chosen):
        return model.loss(chosen, torch.randn(len(chosen), 100, device=device))

    run = torch.compile(loss) if "compile" in variant else loss

    def epoch():
        total = torch.zeros((), device=device)
        order = torch.randint(1024, (steps, batch), device=device)
        for rows in order:
            chosen = images.index_select(0, rows)
            if "last" in variant:
                chosen = chosen.contiguous(memory_format=torch.channels_last)
            value = run(chosen)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += value.detach()
        return total.item()

    epoch()
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        epoch()
        best = min(best, time.perf_counter() - started)
    print(f"faces_{batch} images/s {batch * steps / best:.1f}")


def small(variant):
    import torch

    torch.set_num_threads(1)
    options = {"eager": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}[variant]
    for name, widths, batch, steps in [("trader", [4, 5, 1], 16, 500), ("factor", [100, 64, 32, 64, 100], 64, 200), ("deep", [32] * 17, 32, 100)]:
        layers = []
        for place in range(len(widths) - 1):
            layers.append(torch.nn.Linear(widths[place], widths[place + 1]))
            if place + 2 < len(widths):
                layers.append(torch.nn.Tanh())
        network = torch.nn.Sequential(*layers)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, **options)
        inputs, targets = torch.randn(batch, widths[0]), torch.randn(batch, widths[-1])
        best = float("inf")
        for _ in range(20):
            started = time.perf_counter()
            for _ in range(steps):
                loss = (network(inputs) - targets).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            best = min(best, time.perf_counter() - started)
        print(f"{name} us/step {best / steps * 1e6:.1f}")
    autoencoders(options)


def autoencoders(options):
    import torch

    sys.path.insert(0, str(ROOT / "tests/fixtures"))
    from autoencoders import Autoencoder, Vae

    for batch in [32, 128]:
        images = torch.rand(batch, 784)
        for name, model in [("autoencoder", Autoencoder()), ("vae", Vae())]:
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **options)
            best = float("inf")
            for _ in range(20):
                started = time.perf_counter()
                for _ in range(20):
                    loss = model.loss(images, torch.randn(batch, 2)) if name == "vae" else model.loss(images)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                best = min(best, time.perf_counter() - started)
            print(f"{name}_{batch} us/step {best / 20 * 1e6:.1f}")


def numbers(command, threads=None):
    environment = dict(os.environ, **({"OMP_NUM_THREADS": str(threads)} if threads else {}))
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        reason = " ".join(result.stderr.strip().splitlines()[-1:])
        print(json.dumps({"note": f"{' '.join(map(str, command[-3:]))} is left out: {reason}"}), flush=True)
        return {}
    lines = [line.split() for line in result.stdout.splitlines()]
    return {line[0]: float(line[2]) for line in lines if len(line) == 3 and "/" in line[1]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", help="our part")
    parser.add_argument("--batches", type=int, nargs="*", default=[64, 256])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, help="for the faces; all cores where it is not given")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-small", action="store_true")
    parser.add_argument("--only", nargs="*", help="for the script itself: one variant in this process")
    arguments = parser.parse_args()
    if arguments.only:
        kind, variant, *rest = arguments.only
        return faces(variant, *map(int, rest)) if kind == "faces" else small(variant)
    ours = arguments.binary
    variants = ["eager", "channels_last"] + ([] if arguments.no_compile else ["compile", "compile+channels_last"])
    best = {}

    def keep(variant, found, better):
        for name, value in found.items():
            old = best.get((name, variant))
            best[name, variant] = value if old is None else better(old, value)

    for _ in range(arguments.rounds):
        for batch in arguments.batches:
            steps = max(1, arguments.steps * 64 // batch)
            keep("latentlab", numbers([ours, "faces", str(batch), str(steps)], arguments.threads), max)
            for variant in variants:
                command = [sys.executable, __file__, "--only", "faces", variant, str(batch), str(steps)]
                keep(variant, numbers(command, arguments.threads), max)
        if arguments.no_small:
            continue
        found = numbers([ours, "small"], threads=1)
        keep("latentlab", {name: value for name, value in found.items() if not name.endswith("_tch")}, min)
        keep("tch::nn", {name.removesuffix("_tch"): value for name, value in found.items() if name.endswith("_tch")}, min)
        for variant in ["eager", "foreach", "fused"]:
            keep(variant, numbers([sys.executable, __file__, "--only", "small", variant], threads=1), min)
    for (name, variant), value in sorted(best.items()):
        mine = best.get((name, "latentlab"))
        is_rate = name.startswith("faces")
        ratio = None if mine is None or variant == "latentlab" else (mine / value if is_rate else value / mine)
        unit = "images/s" if is_rate else "µs a step"
        work = name.replace("_", ", batch ") if is_rate else f"small network: {name}"
        print(json.dumps({"work": work, "with": variant, "value": value, "unit": unit, "ratio": ratio}), flush=True)


main()
