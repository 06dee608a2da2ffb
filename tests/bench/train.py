"""train.py small|large ROWS STEPS THREADS SECONDS - how fast PyTorch does what
train.c does: forward, the same loss, backward, Adam. Prints frames a second and
peak memory in MB beyond data and imports; exit status 77 without torch.

The faster of two ways to write the causal convolution counts."""
import resource
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(77)

rows, steps, threads = map(int, sys.argv[2:5])
seconds = float(sys.argv[5])
inputs, width = {"small": (72, 72), "large": (257, 256)}[sys.argv[1]]
BINS, KERNEL = 257, 6
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
torch.manual_seed(1)


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


class Net(nn.Module):
    def __init__(self, as_product):
        super().__init__()
        self.as_product = as_product
        if as_product:
            self.conv = nn.Linear(KERNEL * inputs, width)
        else:
            self.conv = nn.Conv1d(inputs, width, KERNEL)
        self.lstm = nn.LSTM(width, width)
        self.fc1 = nn.Linear(width, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, BINS)

    def forward(self, x, context, state):
        x = torch.cat([context, x])  # [KERNEL - 1 + steps][rows][inputs]
        if self.as_product:
            y = self.conv(torch.cat(
                [x[k:k + steps] for k in range(KERNEL)], dim=2))
        else:
            y = self.conv(x.permute(1, 2, 0)).permute(2, 0, 1)
        y, state = self.lstm(torch.tanh(y), state)
        y = torch.tanh(self.fc1(y))
        y = torch.tanh(self.fc2(y))
        return (torch.sigmoid(self.fc3(y)), x[-(KERNEL - 1):],
                tuple(s.detach() for s in state))


def best_rate(as_product, data):
    x, noisy, clean = data
    net = Net(as_product)
    adam = torch.optim.Adam(net.parameters(), lr=1e-4, eps=1e-7, foreach=True)
    context = torch.zeros(KERNEL - 1, rows, inputs)
    state = (torch.zeros(1, rows, width), torch.zeros(1, rows, width))
    best, start, n = 0, time.perf_counter(), 0
    while n < 2 or time.perf_counter() - start < seconds:
        begun = time.perf_counter()
        mask, context, state = net(x, context, state)
        error = (mask * noisy + 1e-6) ** 0.6 - (clean + 1e-6) ** 0.6
        loss = (error * error).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        if n > 0:
            best = max(best, rows * steps / (time.perf_counter() - begun))
        n += 1
        if n == 1:
            start = time.perf_counter()
    return best


imports = peak_mb()
data = (torch.randn(steps, rows, inputs), torch.randn(steps, rows, BINS).abs(),
        0.5 * torch.randn(steps, rows, BINS).abs())
beyond = imports + sum(d.numel() for d in data) * 4 / 1e6
rate = best_rate(True, data)
memory = peak_mb() - beyond
print("%.0f %.1f" % (max(rate, best_rate(False, data)), memory))
