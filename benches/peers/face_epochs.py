"""The face autoencoder here, in PyTorch and in Keras: the same arrays, as many seeds, epoch by epoch.

    cargo run --release --example faces -- out/faces PATH_OF_LFW      # writes out/faces/levels.bin
    cargo build --release --example face_epochs
    pip install torch==2.11.0 keras==3.12.0 numpy matplotlib
    python benches/peers/face_epochs.py out/faces/levels.bin target/release/examples/face_epochs [--epochs 3] [--seeds 5]

Prints a table of means and standard deviations over the seeds: the squared error of a picture in the validation part and
minus its ELBO for the factor 100, 50 · squared error + divergence. With --figure FILE it also draws them. Keras runs on its
torch backend with layers, initial weights and optimiser of its own. Random numbers differ; what must agree is the
distribution over seeds.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

os.environ["KERAS_BACKEND"] = "torch"
FACTOR, BATCH, CODES = 100.0, 64, 100


def arrays(path):
    import numpy

    images = numpy.fromfile(path, dtype="uint8").reshape(-1, 45, 45, 3).astype("float32") / 255
    is_validation = numpy.arange(len(images)) % 5 == 0
    return images[~is_validation], images[is_validation]


def in_pytorch(path, epochs, seed):
    import torch

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/fixtures"))
    from face_vae import FaceVae

    training, validation = (torch.from_numpy(part).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last) for part in arrays(path))
    torch.manual_seed(seed)
    model = FaceVae().to(memory_format=torch.channels_last)
    for layer in model.modules():
        # As Keras begins, and so do we.
        if hasattr(layer, "weight"):
            torch.nn.init.xavier_uniform_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(training)).split(BATCH):
            loss = model.loss(training[rows], torch.randn(len(rows), CODES))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            error = divergence = 0.0
            for batch in validation.split(BATCH):
                mean, log_variance = model.encode(batch)
                again = model.decode(mean + torch.exp(log_variance / 2) * torch.randn_like(mean))
                error += (batch - again).square().sum().item()
                divergence += -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum().item()
        yield error / len(validation), divergence / len(validation)


def in_keras(path, epochs, seed):
    import keras
    from keras import layers, ops

    class Vae(keras.Model):
        def __init__(self):
            super().__init__()
            pictures = layers.Input((45, 45, 3))
            x = pictures
            for filters, kernel in [(64, 5), (64, 3), (32, 3)]:
                x = layers.MaxPooling2D(2)(layers.Conv2D(filters, kernel, activation="relu")(x))
            x = layers.Flatten()(x)
            self.encoder = keras.Model(pictures, [layers.Dense(CODES)(x), layers.Dense(CODES)(x)])
            codes = layers.Input((CODES,))
            x = layers.Reshape((1, 1, CODES))(codes)
            for filters, kernel in [(64, 3), (32, 3), (16, 5)]:
                x = layers.UpSampling2D(2)(layers.Conv2DTranspose(filters, kernel, activation="relu")(x))
            self.decoder = keras.Model(codes, layers.Conv2DTranspose(3, 6, activation="relu")(x))
            self.noise = keras.random.SeedGenerator(seed)

        def call(self, x):
            mean, log_variance = self.encoder(x)
            draw = mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.noise)
            again = self.decoder(draw)
            error = ops.sum(ops.square(x - again), axis=(1, 2, 3))
            divergence = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)
            self.add_loss(ops.mean(FACTOR / 2 * error + divergence))
            return ops.stack([error, divergence], axis=1)

    keras.utils.set_random_seed(seed)
    training, validation = arrays(path)
    model = Vae()
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    for _ in range(epochs):
        model.fit(training, batch_size=BATCH, epochs=1, verbose=0)
        parts = model.predict(validation, batch_size=BATCH, verbose=0).mean(axis=0)
        yield float(parts[0]), float(parts[1])


def here(binary, path, epochs, seeds):
    said = subprocess.run([binary, path, str(epochs), str(seeds)], stdout=subprocess.PIPE, text=True, check=True).stdout
    runs = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [list(zip(run["squared_error"], run["divergence"])) for run in runs]


def draw(results, epochs, file):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), constrained_layout=True)
    for axis, title, value in [(axes[0], "squared error of a face", lambda part: part[0]), (axes[1], "minus ELBO", minus_elbo)]:
        for place, (name, runs) in enumerate(results.items()):
            for run in runs:
                axis.plot(range(1, epochs + 1), [value(part) for part in run], color=f"C{place}", alpha=0.6, lw=1.2, label=name if run is runs[0] else None)
        axis.set(title=title, xlabel="epoch")
        axis.set_xticks(range(1, epochs + 1))
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(file, dpi=110)


def minus_elbo(part):
    return FACTOR / 2 * part[0] + part[1]


def main():
    from statistics import mean, stdev

    parser = argparse.ArgumentParser()
    parser.add_argument("images")
    parser.add_argument("binary")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--figure")
    options = parser.parse_args()
    results = {"latentlab": here(options.binary, options.images, options.epochs, options.seeds)}
    for name, train in [("PyTorch", in_pytorch), ("Keras", in_keras)]:
        results[name] = [list(train(options.images, options.epochs, seed)) for seed in range(options.seeds)]
    print("| after epoch | | squared error | minus ELBO |\n|---|---|---|---|")
    for epoch in range(options.epochs):
        for name, runs in results.items():
            columns = [[part(run[epoch]) for run in runs] for part in (lambda part: part[0], minus_elbo)]
            cells = [f"{mean(column):.1f} ± {stdev(column):.1f}" for column in columns]
            print(f"| {epoch + 1} | {name} | {cells[0]} | {cells[1]} |")
    if options.figure:
        draw(results, options.epochs, options.figure)


main()
