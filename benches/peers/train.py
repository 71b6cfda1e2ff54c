"""Training beside PyTorch, in one run: images a second of the face autoencoder and of the adversarial networks of digits,
steps a second of those of markets, and microseconds a step of small networks.

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


def best_of_three(epoch):
    """Seconds of an epoch, after one that nothing counts of."""
    epoch()
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        epoch()
        best = min(best, time.perf_counter() - started)
    return best


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

    best = best_of_three(epoch)
    print(f"faces_{batch} images/s {batch * steps / best:.1f}")


def digits(variant, batch, steps):
    """The step of TensorFlow's tutorial as one writes it in PyTorch, with PyTorch's own (symmetric) padding, which is the faster one."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    device = "cuda" if torch.cuda.is_available() else "cpu"
    images = torch.rand(1024, 1, 28, 28, device=device)
    for name in ["baseline", "improved"]:
        torch.manual_seed(1)
        better = name == "improved"
        leaky = lambda: nn.LeakyReLU(0.3)
        bend = nn.ReLU if better else leaky
        norm = lambda width: nn.BatchNorm2d(width, momentum=0.01, eps=1e-3)
        transposed = lambda old, new, step: nn.ConvTranspose2d(old, new, 5, step, 2, step - 1, bias=False)
        generator = nn.Sequential(
            nn.Linear(100, 12544, bias=False), nn.Unflatten(1, (256, 7, 7)), norm(256), bend(),
            transposed(256, 128, 1), norm(128), bend(), transposed(128, 64, 2), norm(64), bend(), transposed(64, 1, 2), nn.Tanh(),
        ).to(device)
        layers = [nn.Conv2d(1, 64, 5, 2, 2), leaky(), nn.Dropout(0.4 if better else 0.3), nn.Conv2d(64, 128, 5, 2, 2)]
        layers += [norm(128), leaky()] if better else [leaky(), nn.Dropout(0.3)]
        discriminator = nn.Sequential(*layers, nn.Flatten(), nn.Linear(6272, 1)).to(device)
        data = images
        if "last" in variant:
            generator, discriminator = (one.to(memory_format=torch.channels_last) for one in (generator, discriminator))
            data = images.contiguous(memory_format=torch.channels_last)
        rule = (lambda weights: torch.optim.RMSprop(weights, lr=1e-4, alpha=0.9)) if better else (lambda weights: torch.optim.Adam(weights, lr=1e-4))
        optimizers = [rule(generator.parameters()), rule(discriminator.parameters())]

        def losses(real, noise):
            drawn = generator(noise)
            if "last" in variant:
                drawn = drawn.contiguous(memory_format=torch.channels_last)
            of_real, of_drawn = discriminator(real), discriminator(drawn)
            return F.softplus(-of_drawn).mean(), F.softplus(-of_real).mean() + F.softplus(of_drawn).mean()

        run = torch.compile(losses) if "compile" in variant else losses
        weights = [list(generator.parameters()), list(discriminator.parameters())]

        def epoch():
            total = torch.zeros((), device=device)
            order = torch.randint(1024, (steps, batch), device=device)
            for rows in order:
                real = data.index_select(0, rows) * 2 - 1
                found = run(real, torch.randn(batch, 100, device=device))
                # Only the gradients that each network needs, both at the same weights.
                gradients = [torch.autograd.grad(found[0], weights[0], retain_graph=True), torch.autograd.grad(found[1], weights[1])]
                for optimizer, group, group_gradients in zip(optimizers, weights, gradients):
                    for weight, gradient in zip(group, group_gradients):
                        weight.grad = gradient
                    optimizer.step()
                total += found[0].detach() + found[1].detach()
            return total.item()

        best = best_of_three(epoch)
        print(f"digits_{name}_{batch} images/s {batch * steps / best:.1f}", flush=True)


def market(variant, steps):
    """Steps of both networks of the market GAN: a conditional generator and discriminator of 8 channels and 180 days, batches of 64."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    last = "last" in variant

    def convolution(source, target, kernel, stride=1, bias=True):
        return nn.Conv2d(source, target, (1, kernel), (1, stride), bias=bias) if last else nn.Conv1d(source, target, kernel, stride, bias=bias)

    def norm(width):
        return (nn.BatchNorm2d if last else nn.BatchNorm1d)(width, eps=1e-3, momentum=0.01)

    def padded(series, kernel, stride):
        days = series.shape[-1]
        zeros = max((-(-days // stride) - 1) * stride + kernel - days, 0)
        return F.pad(series, (zeros // 2, zeros - zeros // 2))

    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            self.classes = nn.Embedding(3, 64)
            self.dense, self.norm1 = nn.Linear(128, 180 * 64, bias=False), nn.BatchNorm1d(180 * 64, eps=1e-3, momentum=0.01)
            self.conv1, self.norm2 = convolution(64, 64, 5, bias=False), norm(64)
            self.conv2, self.norm3 = convolution(64, 32, 3, bias=False), norm(32)
            self.conv3 = convolution(32, 8, 3)

        def forward(self, noise, classes):
            body = F.leaky_relu(self.norm1(self.dense(torch.cat([noise, self.classes(classes)], 1))), 0.3)
            # In the other order in memory, days come first and channels last.
            body = body.view(-1, 1, 180, 64).permute(0, 3, 1, 2) if last else body.view(-1, 64, 180)
            body = F.leaky_relu(self.norm2(self.conv1(padded(body, 5, 1))), 0.3)
            body = F.leaky_relu(self.norm3(self.conv2(padded(body, 3, 1))), 0.3)
            return torch.tanh(self.conv3(padded(body, 3, 1)))

    class Discriminator(nn.Module):
        def __init__(self):
            super().__init__()
            self.classes = nn.Embedding(3, 180)
            widths = [9, 32, 64, 128]
            self.convolutions = nn.ModuleList(convolution(source, target, 5, 2) for source, target in zip(widths, widths[1:]))
            self.dense = nn.Linear(23 * 128, 1)

        def forward(self, series, classes):
            channel = self.classes(classes).view(-1, 1, 1, 180) if last else self.classes(classes).view(-1, 1, 180)
            body = torch.cat([series, channel], 1)
            for layer in self.convolutions:
                body = F.leaky_relu(layer(padded(body, 5, 2)), 0.3)
            return self.dense(body.flatten(1)).flatten()

    generator, discriminator = Generator().to(device), Discriminator().to(device)
    series = torch.rand(512, 8, 180, device=device) * 2 - 1
    classes = torch.randint(3, (512,), device=device)
    if last:
        generator, discriminator = (network.to(memory_format=torch.channels_last) for network in (generator, discriminator))
        series = series.unsqueeze(2).contiguous(memory_format=torch.channels_last)
    options = dict(lr=2e-4, betas=(0.5, 0.999), **({} if variant == "eager" else {"fused": True}))
    of_generator, of_discriminator = (torch.optim.Adam(network.parameters(), **options) for network in (generator, discriminator))
    make, judge = (torch.compile(network) if "compile" in variant else network for network in (generator, discriminator))

    def step(real, labels):
        fake = make(torch.randn(len(real), 64, device=device), labels)
        # Both kinds go through the discriminator at once, as in ours.
        odds = judge(torch.cat([real, fake.detach()]), torch.cat([labels, labels]))
        loss = F.softplus(-odds[: len(real)]).mean() + F.softplus(odds[len(real) :]).mean()
        of_discriminator.zero_grad()
        loss.backward()
        of_discriminator.step()
        generator_loss = F.softplus(-judge(fake, labels)).mean()
        of_generator.zero_grad()
        generator_loss.backward()
        of_generator.step()
        return torch.stack([loss.detach(), generator_loss.detach()])

    def epoch():
        total = torch.zeros(2, device=device)
        for rows in torch.randint(512, (steps, 64), device=device):
            real = series.index_select(0, rows)
            total += step(real.contiguous(memory_format=torch.channels_last) if last else real, classes.index_select(0, rows))
        return total.tolist()

    best = best_of_three(epoch)
    print(f"market_64 steps/s {steps / best:.2f}")


def market_round(arguments, variants, keep):
    keep("latentlab", numbers([arguments.binary, "market", str(arguments.steps)], arguments.threads), max)
    for variant in variants:
        command = [sys.executable, __file__, "--only", "market", variant, str(arguments.steps)]
        keep(variant, numbers(command, arguments.threads), max)


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
    parser.add_argument("--threads", type=int, help="for all but small networks; all cores where it is not given")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-small", action="store_true")
    parser.add_argument("--only", nargs="*", help="for the script itself: one variant in this process")
    arguments = parser.parse_args()
    if arguments.only:
        kind, variant, *rest = arguments.only
        work = {"faces": faces, "digits": digits, "market": market, "small": small}[kind]
        return work(variant, *map(int, rest))
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
            for work in ["faces", "digits"]:
                keep("latentlab", numbers([ours, work, str(batch), str(steps)], arguments.threads), max)
                for variant in variants:
                    command = [sys.executable, __file__, "--only", work, variant, str(batch), str(steps)]
                    keep(variant, numbers(command, arguments.threads), max)
        market_round(arguments, variants, keep)
        if arguments.no_small:
            continue
        found = numbers([ours, "small"], threads=1)
        keep("latentlab", {name: value for name, value in found.items() if not name.endswith("_tch")}, min)
        keep("tch::nn", {name.removesuffix("_tch"): value for name, value in found.items() if name.endswith("_tch")}, min)
        for variant in ["eager", "foreach", "fused"]:
            keep(variant, numbers([sys.executable, __file__, "--only", "small", variant], threads=1), min)
    for (name, variant), value in sorted(best.items()):
        mine = best.get((name, "latentlab"))
        is_rate = name.startswith(("faces", "digits", "market"))
        ratio = None if mine is None or variant == "latentlab" else (mine / value if is_rate else value / mine)
        unit = {"faces": "images/s", "digits": "images/s", "market": "steps/s"}.get(name.split("_")[0], "µs a step")
        work = ", batch ".join(name.replace("market", "market GAN").rsplit("_", 1)).replace("_", ", ") if is_rate else f"small network: {name}"
        print(json.dumps({"work": work, "with": variant, "value": value, "unit": unit, "ratio": ratio}), flush=True)


main()
