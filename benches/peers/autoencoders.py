"""What autoencoder and variational autoencoder reach on held-out digits in PyTorch, over several seeds, for `examples/autoencoders.rs` to be
compared with.

    cargo run --release --example autoencoders -- 3 20 out/digits
    pip install torch==2.11.0 && python benches/peers/autoencoders.py out/digits [--seeds 3] [--epochs 20]

The networks are those of `tests/fixtures/autoencoders.py`, the digits those that the example wrote into the folder. One thread each.
"""

import argparse
import math
import pathlib
import statistics
import sys
import time

import torch
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/fixtures"))
from autoencoders import Autoencoder, Vae

BATCH = 128


def digits(path):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.uint8).view(-1, 784).float() / 255


def train(model, loss, training, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    start = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(training)).split(BATCH):
            value = loss(training[rows])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
    return (time.perf_counter() - start) / epochs


def look(seed, epochs, training, test):
    torch.manual_seed(seed)
    vae = Vae()
    seconds = train(vae, lambda pixels: vae.loss(pixels, torch.randn(len(pixels), 2)), training, epochs)
    plain = Autoencoder()
    train(plain, plain.loss, training, epochs)
    with torch.no_grad():
        reconstruction, divergence = (part.item() for part in vae.losses(test, torch.randn(len(test), 2)))
        again = vae.decode(vae.encode(test)[0])
        return {
            "VAE, -ELBO": reconstruction + divergence,
            "VAE, cross-entropy": reconstruction,
            "VAE, divergence": divergence,
            "VAE, squared error of the mean": F.mse_loss(again, test).item(),
            "VAE, seconds an epoch": seconds,
            "autoencoder, cross-entropy": plain.loss(test).item(),
            "autoencoder, squared error": F.mse_loss(plain.decode(plain.encode(test)), test).item(),
        }


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--epochs", type=int, default=20)
    options = options.parse_args()
    torch.set_num_threads(1)
    training, test = digits(options.folder / "training.bytes"), digits(options.folder / "test.bytes")
    rows = [look(seed, options.epochs, training, test) for seed in range(1, options.seeds + 1)]
    print(f"torch {torch.__version__.split('+')[0]}, {options.seeds} seeds, {options.epochs} epochs, {len(training)} digits")
    print(f"{'':32}{'mean':>10}{'error':>10}   each")
    for name in rows[0]:
        values = [row[name] for row in rows]
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        each = " ".join(f"{value:.4f}" for value in values)
        print(f"{name:32}{statistics.mean(values):10.4f}{error:10.4f}   {each}")


if __name__ == "__main__":
    main()
