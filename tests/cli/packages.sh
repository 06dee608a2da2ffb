# make nnsp-packages: each package is what its build system expects, holds all
# that it needs, and its example enhances as se-enhance --engine fixed does.
# What is not in Debian (Zephyr, ESP-IDF, Arduino) is stood in for by the few
# commands that the packages call; the formats are checked as published.
. "$SRC/tests/cli/lib.sh"
need make cmake xmllint arm-none-eabi-gcc sox

mkdir own
ln -s "$BIN" own/bin
url=https://sound.example.org/nnsp
# packages STATUS [VARIABLE]...
packages()
{
    expect "$1" make -s -C "$SRC" BUILD="$PWD/own" \
        -o "$PWD/own/bin/se-convert" PACKAGES_URL=$url "${@:2}" nnsp-packages
}
packages 0
out=$PWD/own/packages
for bad in nowhere ftp://sound.example.org https:// 'https://a b'; do
    packages 2 PACKAGES_URL="$bad"
    grep -qF "nnsp-packages: $bad: expected https://HOST/PATH" stderr ||
        fail "$(cat stderr)"
done
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
assert about["url"] == "https://sound.example.org/nnsp/", about
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
assert about["url"] == "https://sound.example.org/nnsp/", about
pio = json.load(open(root + "/library.json"))
assert pio["homepage"] == about["url"]
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
assert package.tag == "package"
# As the format's schema (1.7.7, the first with Cortex-M85) has it, of what is
# used here: attributes that an element must and may have, and elements in it,
# which may come once, or in a list many times.
RULES = {
    "package": ({"schemaVersion"}, set(), "once", {
        "vendor", "name", "description", "url", "license", "releases",
        "keywords", "conditions", "taxonomy", "components"}),
    "releases": (set(), set(), "many", {"release"}),
    "release": ({"version"}, {"date", "tag", "url", "deprecated"}, "many", set()),
    "keywords": (set(), set(), "many", {"keyword"}),
    "conditions": (set(), set(), "many", {"condition"}),
    "condition": ({"id"}, set(), "many", {
        "description", "accept", "require", "deny"}),
    "accept": (set(), {"Dcore", "Dvendor", "Dname", "Tcompiler"}, "many", set()),
    "taxonomy": (set(), set(), "many", {"description"}),
    "components": (set(), {"generator"}, "many", {"component"}),
    "component": ({"Cclass", "Cgroup", "Cversion"}, {
        "Cvendor", "Csub", "Cvariant", "condition"}, "once", {
        "description", "files"}),
    "files": (set(), set(), "many", {"file"}),
    "file": ({"category", "name"}, {"attr", "select", "version", "condition"},
             "many", set()),
}
NEEDED = {"package": {"name", "vendor", "description", "url", "releases"},
          "component": {"description", "files"}}
CORES = {"Cortex-" + core for core in (
    "M0", "M0+", "M1", "M3", "M4", "M7", "M23", "M33", "M35P", "M55", "M85")}
def check(element, within=""):
    if element.tag in ("vendor", "name"):
        assert re.fullmatch(r"[\w./-]+", element.text, re.ASCII), element.text
    if element.tag == "description":
        assert set(element.attrib) <= (
            {"Cclass", "Cgroup"} if within == "taxonomy" else set())
        assert within != "taxonomy" or element.get("Cclass")
    must, may, count, inside = RULES.get(element.tag, (set(),) * 4)
    names = {name for name in element.attrib if not name.startswith("{")}
    if element.tag != "description":
        assert must <= names <= must | may, (element.tag, names)
    tags = [child.tag for child in element]
    assert set(tags) <= inside or not tags, (element.tag, tags)
    assert NEEDED.get(element.tag, set()) <= set(tags), (element.tag, tags)
    assert count != "once" or len(set(tags)) == len(tags), (element.tag, tags)
    for name, value in element.attrib.items():
        if name == "Dcore":
            assert value in CORES, value
        if name in ("Cclass", "Cgroup"):
            assert re.fullmatch(r"[A-Za-z0-9][\w+()'/\s.-]{1,31}", value), value
        if name in ("version", "Cversion"):
            assert re.fullmatch(r"\d+\.\d+\.\d+", value), value
    for child in element:
        check(child, element.tag)
check(package)
assert tuple(map(int, package.get("schemaVersion").split("."))) >= (1, 7, 7)
def text(name):
    found = package.findall(name)
    assert len(found) == 1, name
    return (found[0].text or "").strip()
assert re.fullmatch(r"[\w-]+", text("vendor")) and text("description")
assert text("url") == "https://sound.example.org/nnsp/"
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
packages 0
diff -r once "$out" || fail 'other packages the second time'
