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
is_analogue = sys.argv[4] == "analogue"
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


def link(folder, objects):
    """The image of those objects and of all that make has left."""
    rest = [path for path in (made / "cmd/firmware").glob("*.o")
            if path.name != "startup.o"]
    rest += [made / "def_nn3_se.o", made / "ns-nnsp.a"]
    scripts = src / "cmd/firmware"
    command(*cc, "-o", folder / "image.elf",
            "-T", scripts / "boards/apollo4/memory.ld",
            "-T", scripts / "sections.ld", *objects.values(), *rest,
            "-lc", "-lgcc")
    command("arm-none-eabi-objcopy", "-O", "binary", folder / "image.elf",
            folder / "image.bin")
    return folder / "image.bin"


def heard_through_converter(samples):
    """12 bits with the offset that the emulated converter has, and that taken
    out again, as the firmware's audadc.c says."""
    heard = array.array("h")
    level = None
    for sample in samples:
        sample = 16 * max(-2048, min(2047, int(sample / 16) + 53))
        level = sample << 8 if level is None else level
        level += sample - (level >> 8)
        heard.append(max(-32768, min(32767, sample - (level >> 8))))
    return heard


def expected():
    samples = array.array("h", sound.read_bytes()[44:])
    if is_analogue:
        samples = heard_through_converter(samples)
    return samples[SETTLING:].tobytes()


def run(folder, image):
    """Why the image is not right, or None. The button or a command starts the
    microphone, another stops it."""
    emulator = build / "emulator"
    begin = ["--start", "a"] if is_analogue else ["--quiet"]
    done = subprocess.run(
        [emulator / "desk", *begin, "--frames", str(FRAMES), "--heard",
         "heard", "--text", "text", emulator / "apollo4",
         "--jack" if is_analogue else "--wav", sound,
         "--button", "2" if is_analogue else "0.06", "--seconds",
         "1" if is_analogue else "0.35", image],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    text = (folder / "text").read_text("ascii", "replace")
    heard = (folder / "heard").read_bytes()
    wanted = expected()[:len(heard)]
    complaint = re.search("^((error|warning): |sound: raw).*", text, re.M)
    if done.returncode:
        return done.stderr.strip() or "it does not end as asked"
    if complaint:
        return complaint[0]
    if len(heard) < 320 * FRAMES or heard != wanted:
        return "other samples"
    lost = re.search("samples lost [1-9].*", text)
    return lost and lost[0]


def parse(line):
    """Flags, file, text and what stands instead."""
    fields = [field.strip(" ") for field in
              re.split(r"(?<!\\)\|", line + " ", maxsplit=3)]
    flags, name, text, instead = (field.replace("\\|", "|").replace("⏎", "\n")
                                  for field in fields)
    return shlex.split(flags), name, text, instead


def mutate(number, flags, name, text, instead, whole):
    folder = scratch / f"mutation{number}"
    tree = folder / "firmware"
    shutil.copytree(src / "cmd/firmware", tree)
    old = (tree / name).read_text()
    if old.count(text) != 1:
        return None, f"`{text}` stands {old.count(text)} times in {name}"
    (tree / name).write_text(old.replace(text, instead))
    names = [name] if name in OWN else OWN
    try:
        objects = whole | compile_files(folder, tree, names,
                                        flags + ["-w"])
    except subprocess.CalledProcessError as error:
        return None, error.stderr.decode()
    reason = run(folder, link(folder, objects))
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
        whole[flags] = compile_files(folder, src / "cmd/firmware", OWN, flags)
        reason = run(folder, link(folder, whole[flags]))
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
