"""Times the graphical lasso beside scikit-learn, GGLasso, and R's glasso and huge, to the same duality gap, in one run.

    cargo lab bench glasso

runs this with the packages of requirements-glasso.txt and with examples/glasso.rs as --binary. R's packages count where
they are installed (Debian, Ubuntu: r-cran-glasso, r-cran-huge). Each line of the output is a JSON object: first the peers
that are missing, then one for each problem.

Problems: correlations of returns with five factors and 500 observations; correlations of power-law networks in groups
of 100 with n = 1.1 p observations; and 20 penalties with five folds ("path", returns, p = 100).

The gap to reach is 1e-5 a variable: the objective minus the largest dual value known, which a far more exact fit of ours
brings. Ours must also prove its gap; a peer need only have it. A peer is run with ever smaller tolerances until it
reaches the gap, and only that last one counts. Each is a process of its own, ended at the limit; reading files and
loading libraries is not counted. A peer that ran past the limit is not run on larger problems of the same kind.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

GAP = 1e-5
TOLERANCES = {
    "scikit-learn": [1e-5, 1e-6, 1e-7, 1e-9],
    "GGLasso": [1e-4, 1e-5, 1e-6, 1e-7, 1e-9],
    "R glasso": [1e-3, 1e-4, 1e-5, 1e-6, 1e-8],
    "R huge": [0.0],
}
MODULES = {"scikit-learn": "sklearn", "GGLasso": "gglasso"}
# What takes less than a second is repeated, and its best time counts, for everybody.
REPEATS, SHORT = 10, 1.0
POINTS, RATIO, FOLDS, PATH_TOLERANCE = 20, 0.1, 5, 1e-4
R = """
arguments <- commandArgs(TRUE)
p <- as.integer(arguments[3])
S <- matrix(readBin(arguments[2], "double", p * p), p, p)
alpha <- as.double(arguments[4]); tolerance <- as.double(arguments[5])
if (arguments[1] == "R glasso") {
  suppressMessages(library(glasso))
  solve_it <- function() glasso(S, alpha, thr = tolerance, maxit = 1000, penalize.diagonal = FALSE)$wi
} else {
  suppressMessages(library(huge))
  solve_it <- function() as.matrix(huge(S, lambda = alpha, method = "glasso", verbose = FALSE)$icov[[1]])
}
seconds <- Inf
for (repeat_ in 1:REPEATS) {
  # system.time counts in milliseconds.
  begin <- Sys.time()
  theta <- solve_it()
  seconds <- min(seconds, as.double(difftime(Sys.time(), begin, units = "secs")))
  if (seconds > 1) break
}
writeBin(as.double(theta), arguments[6])
cat(seconds)
""".replace("REPEATS", str(REPEATS))


def returns(order):
    rng = np.random.default_rng(order)
    loadings = rng.normal(size=(order, 5)) * 0.5
    loadings[:, 0] += 0.8
    return rng.normal(size=(500, 5)) @ loadings.T + rng.normal(size=(500, order))


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
    return np.vstack(parts).T


def objective(S, alpha, precision):
    """Infinite where the matrix is not positive definite."""
    precision = (precision + precision.T) / 2
    try:
        factor = np.linalg.cholesky(precision)
    except np.linalg.LinAlgError:
        return float("inf")
    cost = alpha * (np.abs(precision).sum() - np.abs(np.diag(precision)).sum())
    return (S * precision).sum() + cost - 2 * np.log(np.diag(factor)).sum()


def python_peer(name, file, order, alpha, tolerance):
    S = np.fromfile(file).reshape(order, order)
    if name == "scikit-learn":
        from sklearn.covariance import graphical_lasso

        def solve():
            return graphical_lasso(S, alpha, tol=tolerance * order, enet_tol=tolerance, max_iter=500)[1]
    else:
        from gglasso.solver.single_admm_solver import ADMM_SGL, block_SGL

        start, mask = np.eye(order), 1 - np.eye(order)
        sparse = (np.abs(S) > alpha).mean() < 0.05

        def solve():
            if sparse:
                return block_SGL(S, alpha, start, tol=tolerance, rtol=tolerance, verbose=False, lambda1_mask=mask)["Theta"]
            return ADMM_SGL(S, alpha, start, tol=tolerance, rtol=tolerance, lambda1_mask=mask)[0]["Theta"]

        # The first call compiles the library's loops.
        ADMM_SGL(np.eye(3), 0.1, np.eye(3))
        block_SGL(np.eye(3), 0.1, np.eye(3))
    seconds = float("inf")
    for _ in range(REPEATS):
        begin = time.perf_counter()
        precision = solve()
        seconds = min(seconds, time.perf_counter() - begin)
        if seconds > SHORT:
            break
    return precision, seconds


def python_path(file, order):
    """scikit-learn over the grid of `GraphicalLassoPath` and the same folds: seconds and the chosen penalty."""
    from sklearn.covariance import GraphicalLassoCV
    from sklearn.model_selection import KFold

    X = np.fromfile(file).reshape(-1, order)
    S = np.cov(X.T, bias=True)
    grid = np.abs(S - np.diag(np.diag(S))).max() * RATIO ** np.linspace(0, 1, POINTS)
    model = GraphicalLassoCV(alphas=list(grid), cv=KFold(FOLDS), tol=PATH_TOLERANCE, max_iter=500, n_jobs=-1)
    begin = time.perf_counter()
    model.fit(X)
    return time.perf_counter() - begin, model.alpha_


def run_peer(name, file, order, alpha, tolerance, limit):
    """Precision and seconds; no precision where it failed, and infinity where it ran past the limit."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "precision.bin")
        values = [str(file), str(order), repr(alpha), repr(tolerance), str(target)]
        if name.startswith("R "):
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


def peer_to_gap(name, file, S, alpha, bound, limit):
    for tolerance in TOLERANCES[name]:
        precision, seconds = run_peer(name, file, len(S), alpha, tolerance, limit)
        if precision is None:
            return {"note": f"> {limit} s" if seconds else "failed"}
        gap = objective(S, alpha, precision) - bound
        if gap <= GAP * len(S):
            return {"seconds": seconds, "gap": gap, "tolerance": tolerance}
    return {"note": "never reached the gap", "gap": gap if np.isfinite(gap) else None}


def ours(binary, *arguments):
    said = subprocess.run([binary, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    # What takes longer says how far it is before.
    return [float(value) for value in said.splitlines()[-1].split(",")]


def problems(only, largest):
    for order in (20, 100, 300, 1000):
        if "returns" in only and order <= largest:
            yield "returns", order, [0.1], returns(order)
    for order in (500, 1000, 2000, 5000):
        if "network" in only and order <= largest:
            yield "network", order, [0.05, 0.1, 0.5], network(order)


def measure(binary, names, only, largest, limit, folder):
    past_limit = set()
    for kind, order, alphas, samples in problems(only, largest):
        S = np.corrcoef(samples.T)
        S = (S + S.T) / 2
        file = folder / "matrix.bin"
        S.tofile(file)
        for alpha in alphas:
            repeats = REPEATS if order <= 1000 else 1
            seconds, _, gap, steps, edges, parts, peak = ours(binary, "fit", file, order, alpha, GAP * order, repeats)
            exact = ours(binary, "fit", file, order, alpha, 1e-2 * GAP * order, 1)
            peers = {}
            for name in names:
                if (kind, alpha, name) in past_limit:
                    peers[name] = {"note": "not run"}
                    continue
                peers[name] = peer_to_gap(name, file, S, alpha, exact[1] - exact[2], limit)
                if peers[name].get("note", "").startswith(">"):
                    past_limit.add((kind, alpha, name))
            own = {"seconds": seconds, "gap": gap, "steps": int(steps), "edges": int(edges), "parts": int(parts)}
            own |= {"peak_mb": int(peak), "matrix_mb": S.nbytes / 2**20}
            yield {"problem": kind, "order": order, "alpha": alpha, "ours": own, "peers": peers}
    if "path" in only and largest >= 100:
        order = 100
        samples = returns(order)
        samples = (samples - samples.mean(axis=0)) / samples.std(axis=0)
        file = folder / "samples.bin"
        samples.tofile(file)
        seconds, alpha = ours(binary, "validate", file, len(samples), order, POINTS, RATIO, PATH_TOLERANCE, REPEATS)
        peers = {}
        if "scikit-learn" in names:
            theirs, chosen = python_path(file, order)
            peers["scikit-learn"] = {"seconds": theirs, "chosen": chosen}
        yield {"problem": "path", "order": order, "alpha": None, "ours": {"seconds": seconds, "chosen": alpha}, "peers": peers}


def missing():
    """Why each peer that cannot run cannot."""
    reasons = {}
    for name, module in MODULES.items():
        child = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, text=True)
        if child.returncode != 0:
            reasons[name] = f"Python's package {module} does not load"
    for name in ("R glasso", "R huge"):
        package = name.removeprefix("R ")
        try:
            child = subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True, text=True)
            if child.returncode != 0:
                reasons[name] = f"R has no package {package} (Debian, Ubuntu: `apt-get install r-cran-{package}`)"
        except FileNotFoundError:
            reasons[name] = f"no Rscript (Debian, Ubuntu: `apt-get install r-cran-{package}`)"
    return reasons


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary")
    parser.add_argument("--only", default="returns,network,path")
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
    reasons = missing()
    print(json.dumps({"missing": reasons}), flush=True)
    names = [name for name in TOLERANCES if name not in reasons]
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(arguments.binary, names, arguments.only.split(","), arguments.largest, arguments.limit, Path(folder))
        for row in rows:
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
