#!/usr/bin/env python3
"""The integer runtime a second time, from lib/nnsp/README.md alone.

    nnsp_reference.py def_nn<id>_<name>.c golden_nn<id>_<name>.h

Runs the net of the tables over the input of the golden vectors and compares
features, mask, speech probability and output with them, to the last bit. Plain Python, whose
integers have no end: what would overflow elsewhere is looked for here.
"""
import math
import re
import sys

INT32 = range(-2**31, 2**31)


# ---- words -------------------------------------------------------------------

def rnd(x, n):
    return (x + (1 << (n - 1))) >> n


def sat(x, bits):
    return max(-(1 << (bits - 1)), min((1 << (bits - 1)) - 1, x))


def mulh(a, b):
    assert a in INT32 and b in INT32
    return (a * b + 2**31) >> 32


def mulsub(a, b):
    assert a in INT32 and b in INT32
    return (2**31 - a * b) >> 32


def nearest(x):
    return math.floor(x + 0.5)


def checked(*numbers):
    assert all(x in INT32 for x in numbers), "overflow"
    return numbers if len(numbers) > 1 else numbers[0]


# ---- constants ---------------------------------------------------------------

W = [nearest(2**15 * math.sqrt(2 / 3) * math.sin(math.pi * min(n, 480 - n)
                                                 / 480)) for n in range(480)]
SINE = [min(nearest(2**31 * math.sin(2 * math.pi * m / 512)), 2**31 - 1)
        for m in range(129)]
LOG = [nearest(2**17 * math.log10(1 + i / 64)) for i in range(65)]
TANH = [min(nearest(2**15 * math.tanh(i / 64)), 32767) for i in range(385)]


def turn(m):
    if m <= 128:
        return SINE[128 - m], SINE[m]
    if m <= 256:
        return -SINE[m - 128], SINE[256 - m]
    return -SINE[384 - m], -SINE[m - 256]


def place(n):
    return (n & 3) << 6 | (n >> 2 & 3) << 4 | (n >> 4 & 3) << 2 | n >> 6


# ---- analysis and synthesis --------------------------------------------------

def back(z, a):
    """z turned back by a / 512, and halved."""
    (re, im), (c, s) = z, turn(a)
    return mulh(re, c) + mulh(im, s), mulh(im, c) + mulsub(re, s)


def forth(z, a):
    """z turned by a / 512, and halved."""
    (re, im), (c, s) = z, turn(a)
    return mulh(re, c) + mulsub(im, s), mulh(im, c) + mulh(re, s)


def double(z):
    return checked(2 * z[0], 2 * z[1])


def forward(z):
    for m in (1, 4, 16, 64):
        for j in range(m):
            alpha = 128 * j // m
            for i in range(j, 256, 4 * m):
                a, b, c, d = (z[i + r * m] for r in range(4))
                if j:
                    b = double(back(b, alpha))
                    c = double(back(c, 2 * alpha))
                    d = double(back(d, 3 * alpha))
                z[i] = checked(a[0] + b[0] + c[0] + d[0],
                               a[1] + b[1] + c[1] + d[1])
                z[i + m] = checked(a[0] + b[1] - c[0] - d[1],
                                   a[1] - b[0] - c[1] + d[0])
                z[i + 2 * m] = checked(a[0] - b[0] + c[0] - d[0],
                                       a[1] - b[1] + c[1] - d[1])
                z[i + 3 * m] = checked(a[0] - b[1] - c[0] + d[1],
                                       a[1] + b[0] - c[1] - d[0])
    x = [None] * 257
    x[0] = (checked(z[0][0] + z[0][1]), 0)
    x[256] = (checked(z[0][0] - z[0][1]), 0)
    x[128] = (z[128][0], -z[128][1])
    for k in range(1, 128):
        a, b = z[k], z[256 - k]
        e = (checked(a[0] + b[0]) >> 1, checked(a[1] - b[1]) >> 1)
        p = back(checked(a[1] + b[1], b[0] - a[0]), k)
        x[k] = checked(e[0] + p[0], e[1] + p[1])
        x[256 - k] = checked(e[0] - p[0], p[1] - e[1])
    return x


def inverse(y):
    z = [None] * 256
    z[0] = (checked(y[0][0] + y[256][0]) >> 1,
            checked(y[0][0] - y[256][0]) >> 1)
    z[128] = (y[128][0], -y[128][1])
    for k in range(1, 128):
        a, b = y[k], y[256 - k]
        e = (checked(a[0] + b[0]) >> 1, checked(a[1] - b[1]) >> 1)
        q = forth(checked(a[0] - b[0], a[1] + b[1]), k)
        z[k] = checked(e[0] - q[1], e[1] + q[0])
        z[256 - k] = checked(e[0] + q[1], q[0] - e[1])
    for m in (64, 16, 4, 1):
        for j in range(m):
            alpha = 128 * j // m
            for i in range(j, 256, 4 * m):
                a, b, c, d = (z[i + r * m] for r in range(4))
                parts = (checked(a[0] + b[0] + c[0] + d[0],
                                 a[1] + b[1] + c[1] + d[1]),
                         checked(a[0] - c[0] - (b[1] - d[1]),
                                 a[1] - c[1] + (b[0] - d[0])),
                         checked(a[0] + c[0] - (b[0] + d[0]),
                                 a[1] + c[1] - (b[1] + d[1])),
                         checked(a[0] - c[0] + (b[1] - d[1]),
                                 a[1] - c[1] - (b[0] - d[0])))
                for r, part in enumerate(parts):
                    if r == 0 or j == 0:
                        z[i + r * m] = (part[0] >> 1, part[1] >> 1)
                    else:
                        z[i + r * m] = forth(part, r * alpha)
    return z


class Frames:
    def __init__(self, lookahead):
        self.x = [0] * 480
        self.v = [0] * 320
        self.waiting = [([(0, 0)] * 257, self.x)] * lookahead

    def analyse(self, hop):
        self.x = self.x[160:] + hop
        y = [rnd(self.x[n] * W[n], 7) for n in range(480)] + [0] * 32
        z = [None] * 256
        for n in range(256):
            z[place(n)] = (y[2 * n], y[2 * n + 1])
        return forward(z)

    def synthesise(self, spectrum, mask):
        self.waiting.append((spectrum, self.x))
        spectrum, x = self.waiting.pop(0)
        y = []
        for (re, im), m in zip(spectrum, mask):
            gain = (32767 - m) << 16
            y.append((mulh(re, gain), mulh(im, gain)))
        z = inverse(y)
        r = [mulh(z[place(n // 2)][n % 2], W[n] << 16) for n in range(480)]
        out = [sat(rnd(checked(x[n] * 1024 - (self.v[n] + r[n])), 10), 16)
               for n in range(160)]
        self.v = [checked(self.v[n + 160] + r[n + 160]) for n in range(160)] \
            + r[320:]
        return out


# ---- features ----------------------------------------------------------------

def logarithm(b):
    b = max(b, 2**30)
    e = b.bit_length() - 1
    mu = b >> (e - 31) if e >= 31 else b << (31 - e)
    i, f = mu >> 25 & 63, mu >> 9 & 0xffff
    return rnd((e - 45) * 5050445, 7) + LOG[i] + rnd((LOG[i + 1] - LOG[i]) * f,
                                                     16)


def features(net, spectrum):
    power = [(re * re + im * im) >> 16 for re, im in spectrum]
    result = []
    for i in range(net["n_features"]):
        left, centre, right = net["edge"][i:i + 3]
        band = sum(net["weight"][2 * k] * power[k]
                   for k in range(left, centre))
        band += sum(net["weight"][2 * k + 1] * power[k]
                    for k in range(centre, right))
        assert band < 2**63
        result.append(sat((logarithm(band) - net["mean"][i])
                          * net["inv_std"][i] >> 32, 16))
    return result


# ---- net ---------------------------------------------------------------------

def tanh_part(z, b):
    i, r = abs(z) >> b, abs(z) & ((1 << b) - 1)
    if i >= 384:
        return 32767
    return TANH[i] + rnd((TANH[i + 1] - TANH[i]) * r, b)


def tanh(z):
    return tanh_part(z, 6) if z >= 0 else -tanh_part(z, 6)


def sigmoid(z):
    h = (tanh_part(z, 7) + 1) >> 1
    return 16384 - h if z < 0 else min(16384 + h, 32767)


ACTIVATIONS = {
    "NNSP_RELU6": lambda z: max(0, min(24576, z)),
    "NNSP_LINEAR": lambda z: sat(z, 16),
    "NNSP_TANH": tanh,
    "NNSP_SIGMOID": sigmoid,
}


def unpack(packed, n_rows, n_columns):
    """Rows of weights from lanes."""
    width = (n_columns + 7) // 8 * 8
    rows = [[0] * n_columns for _ in range(n_rows)]
    for r in range(n_rows):
        for c in range(n_columns):
            lane = (r // 4 * 4 * width + c // 2 * 8 + r % 4 // 2 * 4
                    + c % 2 * 2)
            even, odd = packed[lane], packed[lane + 1]
            rows[r][c] = odd + (even < 0) if r % 2 else even
    return rows


def dot(row, x, bias=0):
    assert 32768 * sum(map(abs, row)) + abs(bias) < 2**31
    return bias + sum(w * y for w, y in zip(row, x))


class Layer:
    def __init__(self, about, silence):
        self.__dict__.update(about)
        n_rows = self.n_out * (4 if self.type == "NNSP_LSTM" else 1)
        n_columns = self.n_in * self.kernel_size
        self.kernel = unpack(self.kernel, n_rows, n_columns)
        if self.type == "NNSP_LSTM":
            self.recurrent = unpack(self.recurrent, n_rows, self.n_out)
            self.cell = [0] * self.n_out
            self.h = [0] * self.n_out
        if self.type == "NNSP_CONV1D":
            self.context = (silence or [0] * self.n_in) * self.kernel_size
            self.counter = 0

    def step(self, x):
        """None: not due on this frame."""
        if self.type == "NNSP_LSTM":
            return self.step_lstm(x)
        if self.type == "NNSP_CONV1D":
            self.context = self.context[self.n_in:] + x
            if self.counter:
                self.counter -= 1
                return None
            self.counter = self.stride - 1
            x = self.context
        return [ACTIVATIONS[self.activation](
            dot(self.kernel[o], x, self.bias[o]) >> self.shift[o])
            for o in range(self.n_out)]

    def step_lstm(self, x):
        z = [checked((dot(self.kernel[r], x, self.bias[r]) >> self.shift[r])
                     + (dot(self.recurrent[r], self.h)
                        >> self.recurrent_shift[r]))
             for r in range(4 * self.n_out)]
        h = []
        for u in range(self.n_out):
            i, f, o = (sigmoid(z[4 * u + gate]) for gate in (0, 1, 3))
            g = tanh(z[4 * u + 2])
            cell = sat(2 * mulh(self.cell[u], f << 16) + rnd(i * g, 6), 32)
            self.cell[u] = cell
            h.append(rnd(o * tanh(rnd(cell >> 11, 1)), 15))
        self.h = h
        return list(h)


def amplitude(re, im):
    p = re * re + im * im
    if p < 2**16:
        return 2**8
    z = 64 - p.bit_length() & ~1
    r = math.isqrt(p << z >> 32)
    return max(r << 16 - z // 2 if z <= 32 else r >> z // 2 - 16, 2**8)


class Speech:
    def __init__(self, lookahead):
        self.level = 5 << 16
        self.spectra = [[(0, 0)] * 257 for _ in range(lookahead)]

    def step(self, spectrum, mask):
        self.spectra.append(spectrum)
        own = self.spectra.pop(0)
        parts = [mulh(part, mask[k] << 16)
                 for k in range(2, 200) for part in own[k]]
        power = sum(part * part for part in parts) + 2**20
        assert power < 2**60
        b = power.bit_length() - 1
        f = power << 12 >> b & 4095
        d = ((b - 44) * 4096 + f) * 16 - self.level
        if d > 0:
            self.level += d >> 6
        else:
            self.level -= sum(mask[2:200]) >> 10
        self.level = max(self.level, -4 << 16)
        return sigmoid(8806 + ((d >> 4) * 1384 >> 12))


def quotient(e, d):
    if e <= 0:
        return 0
    if e >= 32767 * d:
        return 32767
    s = max(d.bit_length() - 16, 0)
    d >>= s
    return min(((e >> s) + d // 2) // d, 32767)


class Net:
    def __init__(self, net):
        self.net = net
        self.silence = features(net, [(0, 0)] * 257)
        self.layers = [Layer(about, self.silence if i == 0 else None)
                       for i, about in enumerate(net["layers"])]
        self.mask = [32767] * 257
        self.n_taps = net.get("n_taps", 1)
        self.lookahead = net.get("lookahead", 0)
        self.amplitudes = [[2**8] * 257 for _ in range(self.n_taps)]
        self.taps = [0] * 257 * self.n_taps

    def filter(self, spectrum):
        newest = [checked(amplitude(re, im)) for re, im in spectrum]
        self.amplitudes = self.amplitudes[1:] + [newest]
        own = self.amplitudes[self.n_taps - 1 - self.lookahead]
        for k in range(257):
            e = sum(rnd(self.taps[257 * i + k] * self.net["mask_gain"], 12)
                    * self.amplitudes[i][k] for i in range(self.n_taps))
            assert abs(e) < 2**54
            self.mask[k] = quotient(e, own[k])

    def step(self, x, spectrum):
        for layer in self.layers:
            x = layer.step(x)
            if x is None:
                break
        if self.n_taps > 1:
            self.taps = x or self.taps
            self.filter(spectrum)
            return list(self.mask)
        if x is None:
            return self.mask
        self.mask = [max(0, min(32767, rnd(y * self.net["mask_gain"], 12)))
                     for y in x]
        return self.mask


# ---- C files -----------------------------------------------------------------

def read_arrays(text):
    found = re.findall(r"^static const u?int\w+ (\w+)\[[^=]*= \{(.*?)^\};",
                       text, re.M | re.S)
    return {name: [int(x) for x in re.findall(r"-?\d+", numbers)]
            for name, numbers in found}


def read_fields(text, arrays):
    fields = {}
    for name, value in re.findall(r"\.(\w+) = (\w+)", text):
        fields[name] = (arrays[value] if value in arrays else
                        int(value) if value.isdigit() else value)
    return fields


def read_net(path):
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    arrays = read_arrays(text)
    layers = re.search(r"struct nnsp_layer \w+\[\d+\] = \{(.*?)^\};", text,
                       re.M | re.S).group(1)
    net = re.search(r"struct nnsp_net \w+ = \{(.*?)^\};", text,
                    re.M | re.S).group(1)
    result = read_fields(net, arrays)
    result["layers"] = [read_fields(layer, arrays)
                        for layer in re.findall(r"\{(.*?)\}", layers, re.S)]
    return result


def read_golden(path):
    with open(path, encoding="utf-8") as stream:
        arrays = read_arrays(stream.read())
    return {name.rsplit("_", 1)[1]: numbers for name, numbers in arrays.items()}


def main():
    net = Net(read_net(sys.argv[1]))
    golden = read_golden(sys.argv[2])
    frames = Frames(net.lookahead)
    speech = Speech(net.lookahead)
    n_frames = len(golden["input"]) // 160
    for t in range(n_frames):
        def expected(what, t=t):
            n = len(golden[what]) // n_frames
            return golden[what][t * n:(t + 1) * n]

        spectrum = frames.analyse(expected("input"))
        x = features(net.net, spectrum)
        mask = net.step(x, spectrum)
        probability = [speech.step(spectrum, mask)]
        out = frames.synthesise(spectrum, mask)
        for what, got in (("features", x), ("mask", mask),
                          ("speech", probability), ("output", out)):
            if got != expected(what):
                i = [a == b for a, b in zip(got, expected(what))].index(False)
                sys.exit(f"frame {t}: {what}[{i}] is {expected(what)[i]}, "
                         f"the specification says {got[i]}")
    print(f"{n_frames} frames are the specification's, to the last bit")


if __name__ == "__main__":
    main()
