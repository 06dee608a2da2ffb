# make nnsp-packages: each package is what its build system expects, holds all
# that it needs, and its example enhances as se-enhance --engine fixed does.
# What is not in Debian (Zephyr, ESP-IDF, Arduino) is stood in for by the few
# commands that the packages call; the formats are checked as published.
. "$SRC/tests/cli/lib.sh"
need make cmake xmllint arm-none-eabi-gcc sox

mkdir own
ln -s "$BIN" own/bin
expect 0 make -s -C "$SRC" BUILD="$PWD/own" -o "$PWD/own/bin/se-convert" \
    nnsp-packages
out=$PWD/own/packages
sox -D "$SRC/test_wavs/noisy/espeak_gusts_10dB.wav" -t raw -r 16000 -c 1 -b 16 \
    -e signed clip.raw trim 1 1
expect 0 "$BIN/se-enhance" -q --engine fixed --raw --rate 16000 clip.raw \
    wanted.raw

# ---- CMake -------------------------------------------------------------------
expect 0 cmake -S "$out/cmake/nnsp" -B cmake -DNNSP_EXAMPLE=ON \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Werror'
expect 0 cmake --build cmake
# The output is 320 samples late.
{ cat clip.raw; head -c 640 /dev/zero; } | cmake/enhance | tail -c +641 >got.raw
cmp got.raw wanted.raw || fail 'CMake: another sound than se-enhance'

# said FILE: what an example said of a second of silence.
said()
{
    grep -qx 'speech probability [0-9]* / 32768' "$1" ||
        fail "the example says: $(cat "$1")"
}

# ---- Zephyr ------------------------------------------------------------------
zephyr=$out/zephyr/nnsp
"$python" - "$zephyr" <<'END' || fail 'Zephyr: module.yml'
import os, sys, yaml
root = sys.argv[1]
module = yaml.safe_load(open(root + "/zephyr/module.yml"))
assert set(module) <= {"name", "build", "samples", "tests"}, module
build = module["build"]
for name in (build["cmake"] + "/CMakeLists.txt", build["kconfig"]):
    assert os.path.exists(os.path.join(root, name)), name
assert all(os.path.isdir(os.path.join(root, s)) for s in module["samples"])
sample = yaml.safe_load(open(root + "/samples/enhance/sample.yaml"))
assert sample["sample"]["name"] and sample["tests"]
kconfig = open(root + "/Kconfig").read()
for line in open(root + "/samples/enhance/prj.conf"):
    assert "config " + line.split("=")[0][7:] + "\n" in kconfig, line
END
mkdir -p Zephyr/include/zephyr
echo '#include <stdio.h>
#define printk printf' >Zephyr/include/zephyr/kernel.h
cat >Zephyr/ZephyrConfig.cmake <<END
file(STRINGS \${CMAKE_CURRENT_SOURCE_DIR}/prj.conf settings)
foreach(setting \${settings})
    string(REPLACE "=" ";" setting \${setting})
    set(\${setting})
endforeach()
enable_language(C)
add_executable(app)
target_include_directories(app PRIVATE $PWD/Zephyr/include)
function(zephyr_library_named name)
    add_library(\${name} STATIC)
    target_link_libraries(app PRIVATE \${name})
    set(library \${name} PARENT_SCOPE)
endfunction()
function(zephyr_library_sources)
    target_sources(\${library} PRIVATE \${ARGN})
endfunction()
function(zephyr_include_directories)
    target_include_directories(\${library} PUBLIC \${ARGN})
endfunction()
add_subdirectory($zephyr nnsp)
END
expect 0 cmake -S "$zephyr/samples/enhance" -B zephyr \
    -DZephyr_DIR="$PWD/Zephyr" -DCMAKE_POLICY_DEFAULT_CMP0076=NEW
expect 0 cmake --build zephyr
expect 0 zephyr/app
said stdout

# ---- ESP-IDF -----------------------------------------------------------------
idf=$out/esp-idf/nnsp
"$python" - "$idf" <<'END' || fail 'ESP-IDF: idf_component.yml'
import os, re, sys, yaml
root = sys.argv[1]
about = yaml.safe_load(open(root + "/idf_component.yml"))
assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"]), about
assert about["description"] and about["license"], about
assert all(os.path.isdir(os.path.join(root, e["path"]))
           for e in about["examples"])
example = root + "/examples/enhance/main/"
needs = yaml.safe_load(open(example + "idf_component.yml"))["dependencies"]
assert os.path.samefile(example + needs["nnsp"]["path"], root)
END
mkdir -p idf/tools/cmake
cat >idf/tools/cmake/project.cmake <<END
function(idf_component_register)
    cmake_parse_arguments(IDF "" "" "SRCS;INCLUDE_DIRS" \${ARGN})
    get_filename_component(name \${CMAKE_CURRENT_SOURCE_DIR} NAME)
    add_library(\${name} STATIC \${IDF_SRCS})
    target_include_directories(\${name} PUBLIC \${IDF_INCLUDE_DIRS})
endfunction()
macro(project)
    _project(\${ARGV} C)
    add_subdirectory($idf nnsp)
    add_subdirectory(main)
    target_link_libraries(main PUBLIC nnsp)
    file(WRITE \${CMAKE_BINARY_DIR}/start.c
        "void app_main(void); int main(void) { app_main(); return 0; }")
    add_executable(app \${CMAKE_BINARY_DIR}/start.c)
    target_link_libraries(app PRIVATE main)
endmacro()
END
expect 0 env IDF_PATH="$PWD/idf" cmake -S "$idf/examples/enhance" -B esp
expect 0 cmake --build esp
expect 0 esp/app
said stdout

# ---- Arduino and PlatformIO --------------------------------------------------
arduino=$out/arduino/nnsp
"$python" - "$arduino" <<'END' || fail 'Arduino: library.properties, library.json'
import json, os, re, sys
root = sys.argv[1]
lines = open(root + "/library.properties").read().splitlines()
about = dict(line.split("=", 1) for line in lines)
for key in ("name", "version", "author", "maintainer", "sentence", "paragraph",
            "category", "url", "architectures"):
    assert about.get(key), key
assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_ .-]{0,62}", about["name"])
assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
assert about["category"] in (
    "Display", "Communication", "Signal Input/Output", "Sensors",
    "Device Control", "Timing", "Data Storage", "Data Processing", "Other")
assert os.path.exists(root + "/src/" + about["includes"])
for line in open(root + "/keywords.txt"):
    assert re.fullmatch(r"\w+\t(KEYWORD[12]|LITERAL1)\n", line), line
pio = json.load(open(root + "/library.json"))
assert pio["name"] == about["name"] and pio["version"] == about["version"]
assert pio["description"] and pio["license"] and pio["authors"][0]["name"]
assert os.path.isdir(os.path.join(root, pio["build"]["srcDir"]))
for example in pio["examples"]:
    for name in example["files"]:
        assert os.path.exists(os.path.join(root, example["base"], name))
END
mkdir sketch
cat >sketch/Arduino.h <<'END'
#include <cstdio>
struct { void begin(long) {} void println(int x) { std::printf("%d\n", x); }
         void println(const char *x) { std::puts(x); } } Serial;
void setup();
void loop();
END
{ echo '#include <Arduino.h>'; cat "$arduino/examples/Enhance/Enhance.ino"
  echo 'int main() { setup(); for (int i = 0; i < 9; i++) loop(); }'; } \
    >sketch/sketch.cpp
find "$arduino/src" -name '*.c' >sketch/sources
(cd sketch && xargs cc -std=c11 -I"$arduino/src" -c) <sketch/sources ||
    fail 'Arduino: the sources do not compile'
expect 0 c++ -Isketch -I"$arduino/src" -o sketch/app sketch/sketch.cpp \
    sketch/*.o
expect 0 sketch/app
[ "$(grep -c '^[0-9]*$' stdout)" -eq 9 ] || fail "the sketch says: $(cat stdout)"

# ---- CMSIS-Pack --------------------------------------------------------------
pack=$out/cmsis-pack/nnsp
expect 0 xmllint --noout "$pack/nnse-c.nnsp.pdsc"
"$python" - "$out/cmsis-pack" >cmsis.sources <<'END' || fail 'CMSIS-Pack'
import os, re, sys, zipfile
import xml.etree.ElementTree as tree
root = sys.argv[1]
package = tree.parse(root + "/nnsp/nnse-c.nnsp.pdsc").getroot()
assert package.tag == "package" and package.get("schemaVersion")
def text(name):
    found = package.findall(name)
    assert len(found) == 1, name
    return (found[0].text or "").strip()
assert re.fullmatch(r"[\w-]+", text("vendor")) and text("description")
release = package.find("releases/release")
assert re.fullmatch(r"\d+\.\d+\.\d+", release.get("version"))
assert re.fullmatch(r"\d{4}-\d\d-\d\d", release.get("date"))
pack = zipfile.ZipFile("%s/%s.%s.%s.pack" % (
    root, text("vendor"), text("name"), release.get("version")))
names = set(pack.namelist())
assert "nnse-c.nnsp.pdsc" in names and text("license") in names
conditions = {c.get("id") for c in package.findall("conditions/condition")}
component, = package.findall("components/component")
for key in ("Cclass", "Cgroup", "Cversion"):
    assert component.get(key), key
assert component.get("condition") in conditions
assert component.find("description").text
listed = set()
for file in component.findall("files/file"):
    name, category = file.get("name"), file.get("category")
    assert category in ("include", "header", "sourceC"), category
    if category == "include":
        assert name.endswith("/") and any(n.startswith(name) for n in names)
    else:
        assert name in names, name
        listed.add(name)
    assert (file.get("attr") == "template") == bool(file.get("select"))
assert {n for n in names if n.endswith((".c", ".h"))} == listed
print("\n".join(os.path.join(root, "nnsp", n) for n in listed if n[-2:] == ".c"))
END
expect 0 arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -Wall -Wextra -Werror \
    --specs=nosys.specs -I"$pack/src" -o cmsis.elf $(cat cmsis.sources) \
    -Wl,--no-warnings

# ---- the same bytes twice ----------------------------------------------------
cp -r "$out" once
expect 0 make -s -C "$SRC" BUILD="$PWD/own" -o "$PWD/own/bin/se-convert" \
    nnsp-packages
diff -r once "$out" || fail 'other packages the second time'
