#!/usr/bin/python3
"""Scores of generated signals by an implementation of its own, in numpy.

    /usr/bin/python3 tests/golden/metrics_reference.py >tests/golden/metrics.txt

Written from the papers (see lib/metrics/*.c for which) in double precision and
with scipy's resampling; it shares no code with the library. test_metrics.c
makes the same signals from the same random numbers and compares the scores.

    metrics_reference.py CLEAN.wav PROCESSED.wav

scores two 16 kHz mono files of equal length.
"""

import sys

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

# kind, seed, samples, noise level in dB, delay
CASES = [
    ("noisy", 1, 48000, -40.0, 0),
    ("noisy", 2, 48000, -25.0, 0),
    ("noisy", 3, 50001, -15.0, 0),
    ("noisy", 4, 47999, -5.0, 0),
    ("noisy", 5, 16001, -20.0, 0),
    ("late", 6, 48000, -20.0, 37),
    ("late", 7, 48000, -20.0, 1024),
    ("late", 8, 48000, -20.0, -1024),
    ("late", 9, 48123, -30.0, -1),
    ("clipped", 10, 48000, -30.0, 0),
    ("echo", 11, 48000, -30.0, 0),
    ("offset", 12, 48000, -30.0, 0),
    ("gated", 13, 48000, -20.0, 0),
]

M64 = (1 << 64) - 1


class Rng:
    """lib/base/rng.h: xoshiro256++ seeded by SplitMix64."""

    def __init__(self, seed, stream):
        self.mix = seed
        self.mix = self.splitmix() ^ stream
        self.s = [self.splitmix() for _ in range(4)]

    def splitmix(self):
        self.mix = (self.mix + 0x9E3779B97F4A7C15) & M64
        z = self.mix
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
        return z ^ (z >> 31)

    def next(self):
        s = self.s
        rotl = lambda x, k: ((x << k) | (x >> (64 - k))) & M64
        result = (rotl((s[0] + s[3]) & M64, 23) + s[0]) & M64
        t = (s[1] << 17) & M64
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def normal(self):
        radius = np.sqrt(-2 * np.log(1 - self.uniform()))
        return radius * np.cos(6.283185307179586 * self.uniform())


def make_clean(seed, n):
    """Coloured noise in syllables, 3 a second, silent every third 0.8 s."""
    rng, x, last = Rng(seed, 0), np.zeros(n), 0.0
    for i in range(n):
        last = 0.9 * last + rng.normal()
        envelope = np.sin(2 * np.pi * 3 * i / 16000) ** 2
        if i // 12800 % 3 != 2:
            x[i] = 0.1 * envelope * last
    return x.astype(np.float32).astype(float)


def make_processed(kind, seed, clean, level_db, delay):
    n, rng = len(clean), Rng(seed, 1)
    y = clean.copy()
    if kind == "clipped":
        y = np.tanh(4 * clean) / 4
    elif kind == "echo":
        y[800:] += 0.5 * clean[:-800]
    elif kind == "offset":
        y += 0.05
    y += 10 ** (level_db / 20) * np.array([rng.normal() for _ in range(n)])
    if kind == "gated":
        y[np.arange(n) // 4000 % 4 == 3] = 0
    late = np.zeros(n)
    at = np.arange(n) - delay
    inside = (at >= 0) & (at < n)
    late[inside] = y[at[inside]]
    return late.astype(np.float32).astype(float)


def find_delay(x, y, reach=1024):
    x, y = x - x.mean(), y - y.mean()
    size = 1 << (len(x) + reach).bit_length()
    c = np.fft.irfft(np.fft.rfft(y, size) * np.fft.rfft(x, size).conj())
    lags = np.arange(-reach, reach + 1)
    return int(lags[np.argmax(c[lags])])


def si_sdr(x, y):
    x, y = x - x.mean(), y - y.mean()
    target = (x @ y) / (x @ x) * x
    return 10 * np.log10((target @ target) / ((y - target) @ (y - target)))


def framed(x, size, hop, count):
    return x[np.arange(size) + hop * np.arange(count)[:, None]]


def seg_snr(x, y):
    window = np.hanning(482)[1:-1]
    count = int(len(x) / 120 - 4)
    signal = ((window * framed(x, 480, 120, count)) ** 2).sum(1)
    noise = ((window * framed(x - y, 480, 120, count)) ** 2).sum(1)
    tiny = np.finfo(float).eps
    return np.clip(10 * np.log10(signal / (noise + tiny) + tiny), -10, 35).mean()


def to_10khz(x):
    """As Octave's resample: Kaiser window, 60 dB, roll-off a tenth."""
    stop = 1 / (2 * 8)
    half = int(np.ceil((60 - 8) / (28.714 * stop / 10)))
    taps = np.kaiser(2 * half + 1, 0.1102 * (60 - 8.7))
    taps *= np.sinc(2 * stop * np.arange(-half, half + 1))
    return resample_poly(x, 5, 8, window=taps / taps.sum())


def count_frames(x):
    """As in the authors' code: one more would end with the signal."""
    return len(range(0, len(x) - 256, 128))


def stft_bands(x):
    window = np.hanning(258)[1:-1]
    frames = window * framed(x, 256, 128, count_frames(x))
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    hz = np.arange(257) * 10000 / 512
    edges = 150 * 2 ** ((2 * np.arange(16) - 1) / 6)
    bins = [np.abs(hz - edge).argmin() for edge in edges]
    return np.sqrt([power[:, a:b].sum(1) for a, b in zip(bins, bins[1:])])


def without_silence(x, y):
    window = np.hanning(258)[1:-1]
    x, y = (window * framed(v, 256, 128, count_frames(x)) for v in (x, y))
    energy_db = 20 * np.log10(np.linalg.norm(x, axis=1) + 1e-300)
    speech = energy_db > energy_db.max() - 40
    joined = np.zeros((2, (speech.sum() - 1) * 128 + 256))
    for out, frames in zip(joined, (x[speech], y[speech])):
        for i, frame in enumerate(frames):
            out[128 * i : 128 * i + 256] += frame
    return joined


def unit(v, axis):
    v = v - v.mean(axis, keepdims=True)
    norm = np.linalg.norm(v, axis=axis, keepdims=True)
    return v / (norm + np.finfo(float).eps)


def stoi(x, y):
    x, y = without_silence(to_10khz(x), to_10khz(y))
    x, y = (
        np.lib.stride_tricks.sliding_window_view(stft_bands(v), 30, axis=1)
        for v in (x, y)
    )  # [15][segments][30]
    x, y = x.transpose(1, 0, 2), y.transpose(1, 0, 2)
    norm = lambda v: np.linalg.norm(v, axis=2, keepdims=True)
    fitted = y * norm(x) / (norm(y) + np.finfo(float).eps)
    clipped = np.minimum(fitted, x * (1 + 10 ** (15 / 20)))
    plain = (unit(x, 2) * unit(clipped, 2)).sum(2).mean()
    extended = (unit(unit(x, 2), 1) * unit(unit(y, 2), 1)).sum((1, 2)) / 30
    return plain, extended.mean()


def score(x, y):
    delay = find_delay(x, y)
    n = len(x) - abs(delay)
    x, y = x[max(-delay, 0) :][:n], y[max(delay, 0) :][:n]
    return (*stoi(x, y), si_sdr(x, y), seg_snr(x, y), delay)


def read_wav(path):
    rate, x = wavfile.read(path)
    assert rate == 16000 and x.ndim == 1
    return x / 32768 if x.dtype == np.int16 else x.astype(float)


def main():
    if len(sys.argv) == 3:
        print("%.6f %.6f %.6f %.6f %d" % score(*map(read_wav, sys.argv[1:])))
        return
    print("# made by metrics_reference.py, compared by test_metrics.c")
    print("# kind seed samples level_db delay")
    print("#   stoi estoi si_sdr_db seg_snr_db delay_found")
    for kind, seed, n, level_db, delay in CASES:
        clean = make_clean(seed, n)
        processed = make_processed(kind, seed, clean, level_db, delay)
        print(kind, seed, n, level_db, delay)
        print("  %.6f %.6f %.6f %.6f %d" % score(clean, processed))


if __name__ == "__main__":
    main()
