"""features_parts.py SPECTRA SAMPLES NAME - reads both files by the published
formats alone (formats.md, the protocol buffers of tf.train.SequenceExample),
and compares the spectra of the samples with the stored ones: the same mixture,
but for the rounding to 16 bits."""
import array
import cmath
import gzip
import math
import struct
import sys

HOP, WINDOW, FFT, BINS = 160, 480, 512, 257


def crc32c(data, table=[]):
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
            table.append(i)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    data = gzip.open(path).read()
    while data:
        length, check = struct.unpack_from("<QI", data)
        assert masked(data[:8]) == check, "checksum of a length"
        payload = data[12:12 + length]
        assert masked(payload) == struct.unpack_from("<I", data, 12 + length)[0]
        yield payload
        data = data[16 + length:]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        assert tag & 7 == 2, "only messages, strings and packed numbers"
        size, at = varint(data, at)
        yield tag >> 3, data[at:at + size]
        at += size


def entries(message):
    for number, entry in fields(message):
        assert number == 1
        yield tuple(value for _, value in fields(entry))


def parse(payload):
    parts = dict(fields(payload))
    context = {k.decode(): v for k, v in entries(parts[1])}
    [(_, numbers)] = fields(context["length"])
    [(_, packed)] = fields(numbers)
    found = {"length": varint(packed, 0)[0]}
    for key, feature_list in entries(parts[2]):
        [(_, feature)] = fields(feature_list)
        [(kind, values)] = fields(feature)
        [(_, raw)] = fields(values)
        assert kind == (1 if key.startswith(b"pcm") else 2)
        values = array.array("h" if kind == 1 else "f", raw)
        if sys.byteorder == "big":
            values.byteswap()
        found[key.decode()] = values
    return found


def fft(x):
    """Decimation in time; len(x) is a power of 2."""
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    odd = [cmath.rect(1, -2 * math.pi * k / n) * v for k, v in enumerate(odd)]
    return ([a + b for a, b in zip(even, odd)] +
            [a - b for a, b in zip(even, odd)])


def spectra(samples, n_frames):
    padded = [0.0] * (2 * HOP) + [v / 32768 for v in samples]
    window = [math.sqrt(2 / 3) * math.sin(math.pi * i / WINDOW)
              for i in range(WINDOW)] + [0.0] * (FFT - WINDOW)
    for t in range(n_frames):
        frame = padded[t * HOP:t * HOP + WINDOW] + [0.0] * (FFT - WINDOW)
        for value in fft([a * b for a, b in zip(frame, window)])[:BINS]:
            yield abs(value) ** 2


def joined(parts):
    return [value for part in parts for value in part]


spectra_dir, samples_dir, name = sys.argv[1:]
stored = [parse(p) for p in records("%s/%s" % (spectra_dir, name))]
sampled = [parse(p) for p in records("%s/%s" % (samples_dir, name))]
assert len(stored) == len(sampled) == 5
for pcm, pspec in (("pcm_sn", "pspec_sn"), ("pcm_s", "pspec_s")):
    for a, b in zip(stored, sampled):
        assert a["length"] == b["length"] == 20
        assert len(a[pspec]) == 20 * BINS and len(b[pcm]) == 20 * HOP
    want = joined(a[pspec] for a in stored)
    got = list(spectra(joined(b[pcm] for b in sampled), 100))
    assert len(got) == len(want)
    # Rounding adds noise of 1/12 in 16 bits: 160 times that in a bin.
    noise = HOP / 12 / 32768.0**2
    errors = [math.sqrt(a) - math.sqrt(b) for a, b in zip(got, want)]
    rms = math.sqrt(sum(e * e for e in errors) / len(errors))
    assert rms < 2 * math.sqrt(noise), (rms, max(map(abs, errors)))
