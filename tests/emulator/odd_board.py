"""odd_board.py HOW: a board on standard input and output that does not do what
it should. Sample k of frame n is n, as captured, and -n, as enhanced."""
import random
import struct
import sys
import time
import zlib

AUDIO = 3


def send(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def frame(number, kind=AUDIO):
    samples = [number] * 160 + [-number] * 160
    body = struct.pack("<BHH", kind, number, 640) + struct.pack("<320h", *samples)
    return b"\xa5\x5a" + body + struct.pack("<I", zlib.crc32(body))


def frames(first, last):
    return b"".join(frame(n) for n in range(first, last))


def damaged(number, at):
    data = bytearray(frame(number))
    data[at] ^= 0x10
    return bytes(data)


noise = random.Random(1)
how = sys.argv[1]
while sys.stdin.buffer.read(1) != b"m":
    pass
if how == "error":
    send(b"started: microphone\r\nerror: the microphone is silent\r\n")
elif how == "garbage":
    send(noise.randbytes(20000))
elif how == "loses":
    # Frames 10 to 14 never came, 20 and 30 were damaged, text and bytes and a
    # frame of unknown kind stand between others.
    send(noise.randbytes(50) + b"\r\nstarted: microphone\r\n" + frames(0, 10))
    send(frames(15, 20) + damaged(20, 100) + frames(21, 30) + b"\xa5\xa5")
    send(damaged(30, 650) + frames(31, 40) + b"words\r\n" + frame(40, 9))
    send(frames(40, 60))
elif how == "anew":
    send(b"started: microphone\r\n" + frames(0, 20) + frames(0, 40))
elif how in ("stops", "unplugged"):
    send(b"started: microphone\r\n" + frames(0, 30))
if how not in ("unplugged", "error"):
    time.sleep(20)
time.sleep(0.2)
