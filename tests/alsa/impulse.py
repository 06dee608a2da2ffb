"""impulse.py make FILE RATE: four seconds of silence with an impulse in each, as
16-bit samples.

impulse.py find PLAYED RATE BEGAN_IN BEGAN_OUT: how many milliseconds after the
microphone gave the last impulse the loudspeaker played it; the files BEGAN say
when each began (tests/alsa/clock.c)."""
import array
import pathlib
import sys

PLACES_S = (0.6, 1.7, 2.5, 3.3)


def make(path, rate):
    samples = array.array("h", bytes(8 * rate))
    for place_s in PLACES_S:
        samples[int(place_s * rate)] = 30000
    with open(path, "wb") as file:
        samples.tofile(file)


def find(played, rate, began_in, began_out):
    samples = array.array("h", pathlib.Path(played).read_bytes())
    began_s = [float(pathlib.Path(path).read_text())
               for path in (began_in, began_out)]
    places = [i for i, sample in enumerate(samples) if sample > 20000]
    if not places:
        sys.exit("no impulse was played")
    out_s = began_s[1] + places[-1] / rate
    in_s = began_s[0] + int(PLACES_S[len(places) - 1] * rate) / rate
    print(f"{1e3 * (out_s - in_s):.1f}")


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    find(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
