"""What the neural trader earns in PyTorch over several seeds, and how long a training step takes, for `examples/trader.rs` to be
compared with.

    cargo run --release --example trader -- 10 250
    cargo run --release --example trader -- speed
    pip install torch==2.11.0 && python benches/peers/trader.py [--seeds 10] [--epochs 250] [--speed]

Each seed makes returns of its own, 1,000 series of 20 periods to learn from and 100 to validate on: the same numbers as the example's,
by the same generator. First weights and the order of the batches are PyTorch's. Steps are timed in two loops, each with
the running means and the validation that a user writes down: one that draws batches by `index_select` ("bare"), and one by `DataLoader`.
"""

import argparse
import math
import statistics
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

LAG, HIDDEN, PERIODS, BATCH = 4, 5, 20, 1000
KINDS = [(f"{name}{', dropout' if drop else ''}", share, drop) for name, share in [("noise", 0.0), ("momentum 0.2", 0.2), ("momentum 0.5", 0.5)] for drop in (0.0, 0.5)]


class Trader(nn.Module):
    def __init__(self, drop):
        super().__init__()
        self.first, self.second = nn.Linear(LAG, HIDDEN), nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(drop) if drop else nn.Identity()

    def forward(self, histories):
        hidden = self.drop(torch.sigmoid(self.first(histories)))
        return torch.sigmoid(self.second(hidden)).squeeze(1)


def normals(seed, count):
    """SplitMix64 and the polar method, as src/random.rs."""
    state, mask = seed, (1 << 64) - 1

    def share():
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & mask
        bits = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        return ((bits ^ (bits >> 31)) >> 11) / (1 << 53)

    values = []
    while len(values) < count:
        across, up = 2 * share() - 1, 2 * share() - 1
        radius = across * across + up * up
        if 0 < radius < 1:
            values.append(across * math.sqrt(-2 * math.log(radius) / radius))
    return values


def windows(series, share, seed):
    returns = torch.tensor(normals(seed, series * PERIODS), dtype=torch.float64).view(series, PERIODS)
    for period in range(1, PERIODS):
        returns[:, period] += share * returns[:, period - 1]
    returns = returns.float()
    histories = returns[:, :-1].unfold(1, LAG, 1).reshape(-1, LAG).contiguous()
    return TensorDataset(histories, returns[:, LAG:].reshape(-1))


def bare(data):
    histories, targets = data.tensors
    for rows in torch.randperm(len(targets)).split(BATCH):
        yield histories.index_select(0, rows), targets.index_select(0, rows)


def train(model, data, held_out, epochs, batches=bare):
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
    history = []
    for _ in range(epochs):
        model.train()
        sums, count = torch.zeros(2), 0
        for histories, targets in batches(data):
            positions = model(histories)
            returns = positions * targets
            loss = -returns.mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sums += torch.stack([positions.detach().mean(), returns.detach().mean()])
            count += 1
        model.eval()
        with torch.no_grad():
            positions = model(held_out.tensors[0])
            returns = positions * held_out.tensors[1]
        history.append([*(sums / count).tolist(), positions.mean().item(), returns.mean().item()])
    return history


def trained(share, drop, seed, epochs, batches=bare):
    torch.manual_seed(seed)
    data, held_out = windows(1000, share, 2 * seed), windows(100, share, 2 * seed + 1)
    model = Trader(drop)
    started = time.perf_counter()
    history = train(model, data, held_out, epochs, batches)
    return history[-1], time.perf_counter() - started


def speed():
    loops = [("bare", bare, 50, 8), ("DataLoader", lambda data: DataLoader(data, shuffle=True, batch_size=BATCH), 10, 2)]
    for name, drop in [("trader", 0.0), ("dropout", 0.5)]:
        for loop, batches, epochs, rounds in loops:
            least = min(trained(0.2, drop, seed, epochs, batches)[1] for seed in range(rounds))
            print(f"{name}, {loop} us/step {least / (16 * epochs) * 1e6:.1f}", flush=True)


def spread(values):
    return f"{statistics.mean(values):10.4f} ± {statistics.stdev(values):.4f}"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--epochs", type=int, default=250)
    options.add_argument("--speed", action="store_true")
    options = options.parse_args()
    torch.set_num_threads(1)
    if options.speed:
        return speed()
    print(f"torch {torch.__version__.split('+')[0]}, {options.seeds} seeds, {options.epochs} epochs; mean and standard deviation over the seeds")
    print(f"{'':24}{'train':>18}{'validation':>18}")
    for name, share, drop in KINDS:
        ends = [trained(share, drop, seed, options.epochs)[0] for seed in range(1, options.seeds + 1)]
        print(f"{name:24}{spread([end[1] for end in ends])}{spread([end[3] for end in ends])}", flush=True)


if __name__ == "__main__":
    main()
