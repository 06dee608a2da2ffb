#!/usr/bin/env python3
"""How well se-enhance --vad tells speech from its pauses.

    speech.py [--gain DB] SE_ENHANCE PAIRS [OPTION]...

PAIRS has noisy/ and clean/ with files of the same names and, may be, pairs.csv
with columns id and snr_db. A frame of 10 ms is speech where the energy of the
clean file around it (30 ms, windowed) is within 20 dB of the file's mean over
all frames within 40 dB of the loudest. Prints the area under the ROC curve, of
all frames and for each SNR. --gain makes the mixtures louder before. Further
options go to se-enhance.
"""
import argparse
import array
import csv
import os
import subprocess
import tempfile
import wave

HOP = 160


def convert(program, path, folder):
    """Samples of any file, which must be 16 kHz mono."""
    out = os.path.join(folder, "copy.wav")
    subprocess.run([program, "-q", "--atten_lim", "0", path, out], check=True)
    with wave.open(out) as sound:
        assert sound.getframerate() == 16000 and sound.getnchannels() == 1
        assert sound.getsampwidth() == 2
        return array.array("h", sound.readframes(sound.getnframes()))


def write(path, samples, gain):
    with wave.open(path, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(array.array("h", (
            max(-32768, min(32767, round(gain * x))) for x in samples)))


def labels(clean):
    hops = [sum(x * x for x in clean[i:i + HOP])
            for i in range(0, len(clean), HOP)]
    padded = [0] + hops + [0]
    energy = [0.25 * a + b + 0.25 * c
              for a, b, c in zip(padded, padded[1:], padded[2:])]
    least = 1e-4 * max(energy)
    active = [e for e in energy if e > least]
    return [e > 0.01 * sum(active) / len(active) for e in energy]


def area(frames):
    """Of pairs (probability, is speech): Mann and Whitney's U."""
    frames = sorted(frames)
    n_speech = sum(is_speech for _, is_speech in frames)
    ranks = 0.0
    i = 0
    while i < len(frames):
        j = i
        while j < len(frames) and frames[j][0] == frames[i][0]:
            j += 1
        ranks += (i + j + 1) / 2 * sum(frame[1] for frame in frames[i:j])
        i = j
    return ((ranks - n_speech * (n_speech + 1) / 2)
            / (n_speech * (len(frames) - n_speech)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gain", type=float, default=0.0)
    parser.add_argument("program")
    parser.add_argument("pairs")
    args, options = parser.parse_known_args()
    groups = {"all": []}
    snr = {}
    table = os.path.join(args.pairs, "pairs.csv")
    if os.path.exists(table):
        with open(table, newline="", encoding="utf-8") as stream:
            snr = {row["id"]: row["snr_db"] for row in csv.DictReader(stream)}
    with tempfile.TemporaryDirectory() as folder:
        vad = os.path.join(folder, "vad.csv")
        for name in sorted(os.listdir(os.path.join(args.pairs, "noisy"))):
            noisy = os.path.join(args.pairs, "noisy", name)
            if args.gain:
                samples = convert(args.program, noisy, folder)
                noisy = os.path.join(folder, "noisy.wav")
                write(noisy, samples, 10 ** (args.gain / 20))
            subprocess.run([args.program, "-q", "--vad", vad, *options, noisy,
                            os.path.join(folder, "out.wav")], check=True)
            with open(vad, newline="", encoding="utf-8") as stream:
                found = [float(row["speech_probability"])
                         for row in csv.DictReader(stream)]
            wanted = labels(convert(args.program, os.path.join(
                args.pairs, "clean", name), folder))
            assert len(found) == len(wanted), (name, len(found), len(wanted))
            frames = list(zip(found, wanted))
            groups["all"] += frames
            key = snr.get(os.path.splitext(name)[0])
            if key:
                groups.setdefault(key + " dB", []).extend(frames)
    for key, frames in groups.items():
        right = sum((p > 0.5) == is_speech for p, is_speech in frames)
        print(f"{key}: area {area(frames):.3f}, at 0.5 right in "
              f"{100 * right / len(frames):.1f} % of {len(frames)} frames")


if __name__ == "__main__":
    main()
