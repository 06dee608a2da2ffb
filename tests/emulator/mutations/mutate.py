"""mutate.py - firmware with one wrong value in it, on the emulated Apollo4.

    mutate.py SRC BUILD SOUND.wav LIST

Builds each of a list beside it, runs it, and demands that it
fails: the emulator ends it, or other samples arrive, or it says that something
is wrong. Unchanged, with each of the flags in the list, it has to pass. Prints
a line for each: what noticed it. Works in the current folder.
"""

import array
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

SETTLING = 800
FRAMES = 4

src, build = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
sound = pathlib.Path(sys.argv[3]).resolve()
scratch = pathlib.Path.cwd()
made = build / "firmware/apollo4"
cc = shlex.split((made / "flags").read_text())
OWN = ["startup.c"] + [f"boards/apollo4/{p.name}" for p in sorted(
    (src / "cmd/firmware/boards/apollo4").glob("*.c"))]


def command(*words):
    """Runs a compiler from the source tree, for its flags are relative."""
    subprocess.run([str(word) for word in words], cwd=src, check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)


def compile_files(folder, tree, names, flags):
    """Object files of those sources of a tree, by name."""
    objects = {}
    for name in names:
        objects[name] = folder / (name.replace("/", "_") + ".o")
        command(*cc, *flags, "-c", "-o", objects[name], tree / name)
    return objects


def link(folder, tree, objects):
    """The image of those objects and of all that make has left, by the linker
    scripts of a tree."""
    rest = [path for path in (made / "cmd/firmware").glob("*.o")
            if path.name != "startup.o"]
    rest += [made / "def_nn3_se.o", made / "ns-nnsp.a"]
    command(*cc, "-o", folder / "image.elf",
            "-T", tree / "boards/apollo4/memory.ld",
            "-T", tree / "sections.ld", *objects.values(), *rest,
            "-lc", "-lgcc")
    command("arm-none-eabi-objcopy", "-O", "binary", folder / "image.elf",
            folder / "image.bin")
    return folder / "image.bin"


def through_converter(samples):
    """12 bits with the offset that the emulated converter has, and that taken
    out again, as the firmware's audadc.c says."""
    captured = array.array("h")
    level = None
    for sample in samples:
        sample = 16 * max(-2048, min(2047, int(sample / 16) + 53))
        level = sample << 8 if level is None else level
        level += sample - (level >> 8)
        captured.append(max(-32768, min(32767, sample - (level >> 8))))
    return captured


def expected(jack):
    samples = array.array("h", sound.read_bytes()[44:])
    if jack:
        samples = through_converter(samples)
    return samples[SETTLING:].tobytes()


CHOICES = {"-DBOARD_FAST=1": "fast", "-DBOARD_PDM_DMA=0": "fifo",
           "-DBOARD_PDM_CLOCK=PDM_CLOCK_A": "hfrc",
           "-DBOARD_PDM_CLOCK=PDM_CLOCK_D": "xtalhs"}


def board_of(flags):
    """The kit that --board= names, or the default one."""
    return next((flag.removeprefix("--board=") for flag in flags
                 if flag.startswith("--board=")), "apollo4")


def emulator(flags, seconds, *options):
    """The board's command, with all that the flags choose. An image that is
    right may wait for a busy desk; the others end some time."""
    return [build / "emulator/apollo4", "--board", board_of(flags),
            "--jack" if "--jack" in flags else "--wav", sound,
            "--seconds", "60" if "--whole" in flags else seconds, *options, *(
                word for flag in flags if flag in CHOICES
                for word in ("--choice", CHOICES[flag]))]


def run_again(folder, image, flags):
    """Starts and stops it twice."""
    key = b"a" if "--jack" in flags else b"d"
    done = subprocess.run([*emulator(flags, "2"), image], cwd=folder,
                          input=2 * (key + b"x") + b"R", capture_output=True)
    text = done.stdout.decode("ascii", "replace")
    complaint = re.search("^(error|warning): .*", text, re.M)
    if done.returncode or complaint:
        return complaint[0] if complaint else done.stderr.decode().strip()
    return text.count("stopped") != 2 and "it does not stop twice"


def run(folder, image, flags):
    """Why the image is not right, or None. The button or a command starts the
    microphone, another stops it. With --stall, the core stands still in
    between, and a break comes on the line."""
    if "--again" in flags:
        return run_again(folder, image, flags)
    jack, stall = "--jack" in flags, "--stall" in flags
    n_frames = FRAMES + 14 * stall
    begin = ["--start", "a"] if jack else ["--quiet"]
    middle = (["--stall", "0.57", "--break", "0.63"] if jack else
              ["--stall", "0.19", "--break", "0.25"]) if stall else []
    board = emulator(flags, "1" if jack else "0.5" if stall else "0.35",
                     "--button", "2" if jack else "0.06", *middle)
    done = subprocess.run(
        [build / "emulator/desk", *begin, "--frames", str(n_frames),
         "--captured", "captured", "--text", "text", *board, image],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    text = (folder / "text").read_text("ascii", "replace")
    captured = (folder / "captured").read_bytes()
    complaint = re.search("^((error|warning): |sound: raw).*", text, re.M)
    if done.returncode:
        return done.stderr.strip() or "it does not end as asked"
    if complaint:
        return complaint[0]
    whole = captured[:320 * FRAMES]
    if len(captured) < 320 * n_frames or whole != expected(jack)[:len(whole)]:
        return "other samples"
    lost = re.search("samples lost (.*?),", text)[1]
    if lost != (("16" if jack else "32") if stall else "0"):
        return f"{lost} samples lost"
    return (text.count(" baud from here on") != (3 if stall else 1) and
            "the line's speed does not follow")


def parse(line):
    """Flags, file, text and what stands instead."""
    fields = [field.strip(" ") for field in
              re.split(r"(?<!\\)\|", line + " ", maxsplit=3)]
    flags, name, text, instead = (field.replace("\\|", "|").replace("⏎", "\n")
                                  for field in fields)
    jack = ["--jack"] if sys.argv[4] == "analogue" else []
    return shlex.split(flags) + jack, name, text, instead


def macros(flags):
    """Those that are the compiler's and not the run's."""
    return ["-UBOARD_FILE", f'-DBOARD_FILE="../{board_of(flags)}.h"'] + [
        flag for flag in flags if not flag.startswith("--")]


def mutate(number, flags, name, text, instead, whole):
    folder = scratch / f"mutation{number}"
    tree = folder / "firmware"
    shutil.copytree(src / "cmd/firmware", tree)
    old = (tree / name).read_text()
    if old.count(text) != 1:
        return None, f"`{text}` stands {old.count(text)} times in {name}"
    (tree / name).write_text(old.replace(text, instead))
    names = ([name] if name in OWN else [] if name.endswith(".ld") else OWN)
    try:
        objects = whole | compile_files(folder, tree, names,
                                        macros(flags) + ["-w"])
    except subprocess.CalledProcessError as error:
        return None, error.stderr.decode()
    reason = run(folder, link(folder, tree, objects), flags)
    shutil.rmtree(folder)
    return reason, "passes all the same"


def main():
    listed = (pathlib.Path(__file__).parent / sys.argv[4]).read_text()
    mutations = [parse(line) for line in listed.splitlines()
                 if line and not line.startswith("#")]
    n_failed = 0
    whole = {}
    for number, flags in enumerate(sorted({tuple(m[0]) for m in mutations})):
        folder = scratch / f"whole{number}"
        folder.mkdir()
        tree = src / "cmd/firmware"
        whole[flags] = compile_files(folder, tree, OWN, macros(flags))
        reason = run(folder, link(folder, tree, whole[flags]),
                     flags + ("--whole",))
        if reason:
            print(f"FAILED: unchanged, {' '.join(flags)}: {reason}")
            n_failed += 1
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [pool.submit(mutate, number, *mutation,
                               whole[tuple(mutation[0])])
                   for number, mutation in enumerate(mutations)]
    for (flags, name, text, instead), result in zip(mutations, results):
        reason, otherwise = result.result()
        change = f"{name}: {text!r} -> {instead!r}"
        print(f"{'' if reason else 'FAILED: '}{change}\n"
              f"    {reason or otherwise}")
        n_failed += not reason
    print(f"{len(mutations)} mutations, {n_failed} failures")
    return 1 if n_failed else 0


sys.exit(main())
