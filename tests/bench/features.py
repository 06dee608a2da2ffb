"""features.py scipy|torch - how fast they make the features that features.c
makes: 60 s of noise on one thread, STFT, power, mel, log10 with a floor.
Prints seconds of audio per second, the best of several ways to write it; exit
status 77 if the package is missing."""
import sys
import time

SECONDS, RATE, WINDOW, HOP, FFT, BANDS = 60, 16000, 480, 160, 512, 72
FLOOR = 2.0**-15

try:
    import numpy as np
    if sys.argv[1] == "torch":
        import torch
    else:
        import scipy.signal
except ImportError:
    sys.exit(77)

rng = np.random.default_rng(1)
x = (0.1 * rng.standard_normal(SECONDS * RATE)).astype(np.float32)
window = (np.sqrt(2 / 3) * np.sin(np.pi * np.arange(WINDOW) / WINDOW)).astype(
    np.float32)
mel = rng.random((FFT // 2 + 1, BANDS), dtype=np.float32)  # speed only


def scipy_features(x):
    # scipy multiplies by 1 / sum(window), a pass that the others do without;
    # it cannot be turned off.
    s = scipy.signal.stft(x, RATE, window, WINDOW, WINDOW - HOP, FFT,
                          boundary=None, padded=False)[2]
    power = s.real * s.real + s.imag * s.imag
    return np.log10(np.maximum(mel.T @ power, np.float32(FLOOR)))


def torch_features(power_of):
    w, m = torch.from_numpy(window), torch.from_numpy(mel)

    def features(x):
        with torch.inference_mode():
            s = torch.stft(torch.from_numpy(x), FFT, HOP, WINDOW, w,
                           center=False, return_complex=True)
            return (m.T @ power_of(s)).clamp_(min=FLOOR).log10_()
    return features


def contenders():
    if sys.argv[1] == "scipy":
        return [scipy_features]
    torch.set_num_threads(1)
    return [
        torch_features(lambda s: s.real * s.real + s.imag * s.imag),
        torch_features(lambda s: s.abs().square_()),
        torch_features(lambda s: torch.view_as_real(s).square().sum(-1)),
    ]


def best_speed(features, piece, passes=10):
    pieces = np.split(x, SECONDS // piece)
    best = 1e9
    for _ in range(passes):
        start = time.perf_counter()
        for p in pieces:
            features(p)
        best = min(best, time.perf_counter() - start)
    return SECONDS / best


# All at once, or in pieces that stay in the processor's cache.
print("%.1f" % max(best_speed(features, piece) for features in contenders()
                   for piece in (60, 10, 2)))
