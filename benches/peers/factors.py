"""What the variational autoencoder of latent factors finds in PyTorch, over several seeds, for `examples/factors.rs` to be
compared with.

    cargo run --release --example factors -- 5 200 out/markets
    pip install torch==2.11.0 && python benches/peers/factors.py [--seeds 5] [--epochs 200] [--markets out/markets]

Without the folder that the example wrote, each seed makes a market (100 assets in 10 sectors, 1,000 days, 5 factors) of its own; the network and its training are anew for each, too. Printed are
the correlations of codes with true factors: for each code the largest (greedy), and one factor for each code so that the sum is
largest (assigned), the canonical correlations, and the variance explained by the network and by five principal components.
"""

import argparse
import itertools
import math
import pathlib
import statistics
import time

import torch
from torch import nn

ASSETS, DAYS, SECTORS, CODES = 100, 1000, 10, 5
VOLATILITIES = torch.tensor([0.02, 0.015, 0.01, 0.008, 0.005], dtype=torch.float64)


def read(path):
    rows = [[float(number) for number in line.split(",")] for line in path.read_text().splitlines()]
    table = torch.tensor(rows, dtype=torch.float64)
    return scale(table[:, :ASSETS]), table[:, ASSETS:]


def scale(returns):
    return (returns - returns.mean(0)) / returns.std(0, correction=0)


def market(seed):
    draw = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(shape, generator=draw, dtype=torch.float64)
    uniform = lambda *shape: torch.rand(shape, generator=draw, dtype=torch.float64)
    factors = normal(DAYS, CODES) * VOLATILITIES
    for day in range(1, DAYS):
        factors[day] = 0.1 * factors[day - 1] + 0.95 * factors[day]
    centres = normal(SECTORS, CODES)
    sectors = torch.randint(SECTORS, (ASSETS,), generator=draw)
    loadings = centres[sectors] + 0.3 * normal(ASSETS, CODES)
    returns = factors @ loadings.T + normal(DAYS, ASSETS) * (0.01 + 0.02 * uniform(ASSETS))
    return scale(returns), factors


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        hidden = lambda wide, narrow: [nn.Linear(wide, narrow), nn.BatchNorm1d(narrow), nn.LeakyReLU(0.2)]
        self.trunk = nn.Sequential(*hidden(ASSETS, 64), *hidden(64, 32))
        self.mean, self.log_variance = nn.Linear(32, CODES), nn.Linear(32, CODES)
        self.decode = nn.Sequential(nn.Linear(CODES, 32), nn.LeakyReLU(0.2), *hidden(32, 64), nn.Linear(64, ASSETS))

    def encode(self, returns):
        features = self.trunk(returns)
        return self.mean(features), self.log_variance(features)


def train(model, data, epochs, goal=0.1):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    model.train()
    for epoch in range(epochs):
        beta = min(goal, goal * epoch / 50)
        for rows in torch.randperm(len(data)).split(64):
            batch = data[rows]
            mean, log_variance = model.encode(batch)
            again = model.decode(mean + (log_variance / 2).exp() * torch.randn_like(mean))
            divergence = (mean.square() + log_variance.exp() - log_variance - 1).sum() / 2
            loss = (again - batch).square().sum() + beta * divergence
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        schedule.step()
    model.eval()


def correlations(one, other):
    unit = lambda values: (values - values.mean(0)) / (values - values.mean(0)).norm(dim=0)
    return unit(one).T @ unit(other)


def canonical(one, other):
    basis = lambda values: torch.linalg.qr(values - values.mean(0))[0]
    return torch.linalg.svdvals(basis(one).T @ basis(other))


def explained(data, again):
    return 1 - ((data - again).square().mean() / data.var(correction=0)).item()


def look(seed, epochs, markets):
    scaled, factors = read(markets / f"{seed}.csv") if markets else market(seed)
    torch.manual_seed(seed)
    model, data = Vae(), scaled.float()
    start = time.perf_counter()
    train(model, data, epochs)
    seconds = time.perf_counter() - start
    with torch.no_grad():
        mean, log_variance = model.encode(data)
        again = model.decode(mean)
        sampled = model.decode(mean + (log_variance / 2).exp() * torch.randn_like(mean))
    table = correlations(mean.double(), factors).abs()
    ways = itertools.permutations(range(CODES))
    assigned = max(sum(table[code, factor].item() for code, factor in enumerate(way)) for way in ways) / CODES
    left, values, right = torch.linalg.svd(scaled, full_matrices=False)
    by_components = (left[:, :CODES] * values[:CODES]) @ right[:CODES]
    return {
        "greedy": table.max(1).values.mean().item(),
        "assigned": assigned,
        "canonical": canonical(mean.double(), factors).mean().item(),
        "VAE explains": explained(scaled, again.double()),
        "with noise": explained(scaled, sampled.double()),
        "PCA explains": explained(scaled, by_components),
        "seconds": seconds,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--epochs", type=int, default=200)
    options.add_argument("--markets", type=pathlib.Path)
    options = options.parse_args()
    torch.set_num_threads(1)
    rows = [look(seed, options.epochs, options.markets) for seed in range(1, options.seeds + 1)]
    print(f"torch {torch.__version__.split('+')[0]}, {options.seeds} seeds, {options.epochs} epochs")
    print(f"{'':14}{'mean':>8}{'error':>8}   each")
    for name in rows[0]:
        values = [row[name] for row in rows]
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        each = " ".join(f"{value:.3f}" for value in values)
        print(f"{name:14}{statistics.mean(values):8.3f}{error:8.3f}   {each}")


if __name__ == "__main__":
    main()
