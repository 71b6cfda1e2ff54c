"""Times the graphical lasso beside scikit-learn, R's glasso and huge, and GGLasso, to the same duality gap, in one run.

    apt-get install r-cran-glasso r-cran-huge
    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install numpy scipy scikit-learn gglasso
    /tmp/peers/bin/python benches/peers/glasso.py [--only returns,network] [--largest 5000] [--limit 120]

Problems: correlations of returns with five factors and 500 observations (alpha 0.1), and of power-law networks in groups
of 100 with n = 1.1 p observations (alpha 0.05, 0.1, 0.5). The gap to reach is 1e-5 a variable, at a feasible dual point,
computed here in the same way for everybody. A peer is run with ever smaller tolerances until it reaches the gap,
and only that last run counts. Each runs in a process of its own, ended after the limit; reading files is not counted.
"-" failed or never reached the gap, ">" ran past the limit.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
GAP = 1e-5
TOLERANCES = {
    "scikit-learn": [1e-5, 1e-7, 1e-9],
    "glasso": [1e-4, 1e-6, 1e-8],
    "huge": [0.0],
    "GGLasso": [1e-5, 1e-7, 1e-9],
}
R = """
arguments <- commandArgs(TRUE)
p <- as.integer(arguments[3])
S <- matrix(readBin(arguments[2], "double", p * p), p, p)
alpha <- as.double(arguments[4]); tolerance <- as.double(arguments[5])
if (arguments[1] == "glasso") {
  suppressMessages(library(glasso))
  seconds <- system.time(theta <- glasso(S, alpha, thr = tolerance, maxit = 1000, penalize.diagonal = FALSE)$wi)[3]
} else {
  suppressMessages(library(huge))
  seconds <- system.time(fit <- huge(S, lambda = alpha, method = "glasso", verbose = FALSE))[3]
  theta <- as.matrix(fit$icov[[1]])
}
writeBin(as.double(theta), arguments[6])
cat(seconds)
"""


def returns(order):
    rng = np.random.default_rng(order)
    loadings = rng.normal(size=(order, 5)) * 0.5
    loadings[:, 0] += 0.8
    return np.corrcoef((rng.normal(size=(500, 5)) @ loadings.T + rng.normal(size=(500, order))).T)


def network(order):
    rng = np.random.default_rng(order)
    observations, parts = order * 11 // 10, []
    for first in range(0, order, 100):
        size = min(100, order - first)
        precision, degree = np.eye(size), np.ones(size)
        for node in range(1, size):
            other = rng.choice(node, p=degree[:node] / degree[:node].sum())
            degree[[node, other]] += 1
            precision[node, other] = precision[other, node] = rng.uniform(0.2, 0.5) * rng.choice([-1, 1])
        np.fill_diagonal(precision, np.abs(precision).sum(axis=1) - 0.7)
        factor = np.linalg.cholesky(precision)
        parts.append(np.linalg.solve(factor.T, rng.normal(size=(size, observations))))
    return np.corrcoef(np.vstack(parts))


def duality_gap(S, alpha, precision):
    """Objective minus the dual value at W clipped into the penalty; infinite where either is not positive definite."""
    precision = (precision + precision.T) / 2
    try:
        factor = np.linalg.cholesky(precision)
        W = np.clip(np.linalg.inv(precision), S - alpha, S + alpha)
        np.fill_diagonal(W, np.diag(S))
        dual = 2 * np.log(np.diag(np.linalg.cholesky(W))).sum() + len(S)
    except np.linalg.LinAlgError:
        return float("inf")
    cost = alpha * (np.abs(precision).sum() - np.abs(np.diag(precision)).sum())
    return (S * precision).sum() + cost - 2 * np.log(np.diag(factor)).sum() - dual


def python_peer(name, file, order, alpha, tolerance):
    S = np.fromfile(file).reshape(order, order)
    begin = time.perf_counter()
    if name == "scikit-learn":
        from sklearn.covariance import graphical_lasso

        begin = time.perf_counter()
        precision = graphical_lasso(S, alpha, tol=tolerance * order, enet_tol=tolerance, max_iter=500)[1]
    else:
        from gglasso.solver.single_admm_solver import ADMM_SGL, block_SGL

        start = np.eye(order)
        mask = np.ones((order, order))
        np.fill_diagonal(mask, 0)
        # The first call compiles the library's loops.
        ADMM_SGL(np.eye(3), 0.1, np.eye(3))
        block_SGL(np.eye(3), 0.1, np.eye(3))
        begin = time.perf_counter()
        if (np.abs(S) > alpha).mean() < 0.05:
            precision = block_SGL(S, alpha, start, tol=tolerance, rtol=tolerance, verbose=False, lambda1_mask=mask)["Theta"]
        else:
            precision = ADMM_SGL(S, alpha, start, tol=tolerance, rtol=tolerance, lambda1_mask=mask)[0]["Theta"]
    return precision, time.perf_counter() - begin


def peer(name, file, order, alpha, tolerance, limit):
    """Precision and seconds; None where it failed, infinity where it ran past the limit."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "precision.bin")
        values = [str(file), str(order), repr(alpha), repr(tolerance), str(target)]
        if name in ("glasso", "huge"):
            Path(folder, "peer.R").write_text(R)
            command = ["Rscript", f"{folder}/peer.R", name, *values]
        else:
            command = [sys.executable, __file__, "--peer", name, *values]
        try:
            child = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return None, float("inf")
        if child.returncode != 0 or not target.exists():
            return None, None
        return np.fromfile(target).reshape(order, order), float(child.stdout.split()[-1])


def timed_peer(name, file, S, alpha, limit):
    for tolerance in TOLERANCES[name]:
        precision, seconds = peer(name, file, len(S), alpha, tolerance, limit)
        if precision is None:
            return f"> {limit}" if seconds else "-"
        if duality_gap(S, alpha, precision) <= GAP * len(S):
            return seconds
    return "-"


def problems(only, largest):
    for order in (20, 100, 300, 1000):
        if "returns" in only and order <= largest:
            yield "returns", order, [0.1], returns(order)
    for order in (500, 1000, 2000, 5000):
        if "network" in only and order <= largest:
            yield "network", order, [0.05, 0.1, 0.5], network(order)


def ours(binary, folder, file, S, alphas):
    repeats = 3 if len(S) <= 1000 else 1
    lines = [f"{file.name},{len(S)},{alpha!r},{GAP * len(S)!r},{repeats}" for alpha in alphas]
    (folder / "problems.csv").write_text("\n".join(lines) + "\n")
    said = subprocess.run([binary, str(folder)], check=True, capture_output=True, text=True).stdout
    return [line.split(",") for line in said.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="returns,network")
    parser.add_argument("--largest", type=int, default=5000)
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--peer", nargs=6, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        name, file, order, alpha, tolerance, target = arguments.peer
        precision, seconds = python_peer(name, file, int(order), float(alpha), float(tolerance))
        np.ascontiguousarray(precision).tofile(target)
        print(seconds)
        return
    build = ["cargo", "build", "--release", "--example", "glasso", "--message-format", "json"]
    said = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    binary = [found for line in said.splitlines() if (found := json.loads(line).get("executable"))][-1]
    names = list(TOLERANCES)
    print(f"{'problem':<10}{'p':>6}{'alpha':>7}{'ours':>10}{'edges':>8}{'parts':>7}{'MB':>6}", *(f"{name:>20}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for kind, order, alphas, S in problems(arguments.only, arguments.largest):
            S = (S + S.T) / 2
            file = folder / "matrix.bin"
            S.tofile(file)
            for alpha, (seconds, _, _, edges, parts, peak) in zip(alphas, ours(binary, folder, file, S, alphas)):
                seconds = float(seconds)
                cells = []
                for name in names:
                    theirs = timed_peer(name, file, S, alpha, arguments.limit)
                    text = theirs if isinstance(theirs, str) else f"{theirs:.3f} ({theirs / seconds:.1f}x)"
                    cells.append(f"{text:>20}")
                print(f"{kind:<10}{order:>6}{alpha:>7}{seconds:>9.4f}s{edges:>8}{parts:>7}{peak:>6}", *cells, flush=True)


if __name__ == "__main__":
    main()
