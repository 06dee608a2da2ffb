#!/usr/bin/env python3
"""The runtime and a net as packages for those who build otherwise.

    nnsp-packages.py VERSION URL LIB TABLES OUT

URL is where whoever publishes them has them, LIB is lib/, TABLES the path of
def_nn3_se without its ending, OUT the folder that is written: cmake/, zephyr/, arduino/ (for PlatformIO, too), esp-idf/ and
cmsis-pack/. The description is nnsp-packages.json beside this file.
"""
import json
import os
import re
import shutil
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

HERE = os.path.dirname(os.path.abspath(__file__))

# The example: {start} and {step} stand in a board's own frame.
STATE = """#include "def_nn3_se.h"
{includes}
static uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
static struct nnsp nnsp;
static int16_t hop[NNSP_HOP]; /* 10 ms at 16 kHz: noisy in, enhanced out */
"""
INIT = "nnsp_init(&nnsp, &nnsp_net_se, memory, sizeof memory) != NNSP_OK"

PIPE = STATE.format(includes="#include <stdio.h>\n") + """
/* Bare samples from standard input to standard output. */
int main(void)
{
    if (%s)
        return 1;
    while (fread(hop, sizeof hop, 1, stdin) == 1) {
        nnsp_step(&nnsp, hop, hop);
        fwrite(hop, sizeof hop, 1, stdout);
    }
    return 0;
}
""" % INIT

BOARD = STATE.format(includes="{includes}") + """
{main}
{{
    if (%s)
        {give_up};
    for (int t = 0; t < 100; t++) {{
        /* fill `hop` from a microphone here */
        nnsp_step(&nnsp, hop, hop);
    }}
    {say}("speech probability %%d / 32768\\n", nnsp.speech);{end}
}}
""" % INIT

SKETCH = STATE.format(includes="") + """
void setup()
{
    Serial.begin(115200);
    if (%s)
        Serial.println("no memory");
}

void loop()
{
    /* fill `hop` from a microphone here */
    nnsp_step(&nnsp, hop, hop);
    Serial.println(nnsp.speech); /* probability, of 32768 */
}
""" % INIT


class Package:
    """A folder that is written, with the sources in it."""

    def __init__(self, out, name, sources):
        self.folder = os.path.join(out, name)
        self.sources = sources
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def copy_sources(self, license_file):
        """Sources below src/; their paths."""
        for path, original in self.sources:
            target = os.path.join(self.folder, "src", path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(original, target)
        shutil.copyfile(license_file, os.path.join(self.folder, "LICENSE"))

    def files(self, ending):
        return ["src/" + path for path, _ in self.sources
                if path.endswith(ending)]


def lines(paths, indent="    "):
    return "".join(f"{indent}{path}\n" for path in paths)


def make_cmake(package, about):
    package.write("CMakeLists.txt", f"""\
# {about["title"]}: add_subdirectory(nnsp), then link the target nnsp.
cmake_minimum_required(VERSION 3.13)
project(nnsp VERSION {about["version"]} LANGUAGES C)

add_library(nnsp STATIC
{lines(package.files(".c"))})
target_include_directories(nnsp PUBLIC src)
target_compile_features(nnsp PUBLIC c_std_99)

option(NNSP_EXAMPLE "build the example" OFF)
if(NNSP_EXAMPLE)
    add_executable(enhance example/enhance.c)
    target_link_libraries(enhance nnsp)
endif()
""")
    package.write("example/enhance.c", PIPE)


def make_zephyr(package, about):
    package.write("zephyr/module.yml", f"""\
name: {about["name"]}
build:
  cmake: .
  kconfig: Kconfig
samples:
  - samples
""")
    package.write("Kconfig", f"""\
config NNSP
\tbool "{about["title"]}"
\thelp
\t  {about["description"]}
""")
    package.write("CMakeLists.txt", f"""\
if(CONFIG_NNSP)
  zephyr_library_named(nnsp)
  zephyr_library_sources(
{lines(package.files(".c"))}  )
  zephyr_include_directories(src)
endif()
""")
    package.write("samples/enhance/CMakeLists.txt", """\
cmake_minimum_required(VERSION 3.20.0)
find_package(Zephyr REQUIRED HINTS $ENV{ZEPHYR_BASE})
project(enhance LANGUAGES C)
target_sources(app PRIVATE src/main.c)
""")
    package.write("samples/enhance/prj.conf", "CONFIG_NNSP=y\n")
    package.write("samples/enhance/sample.yaml", """\
sample:
  name: nnsp
tests:
  sample.nnsp.enhance:
    tags: audio
    harness: console
    harness_config:
      type: one_line
      regex:
        - "speech probability (.*)"
""")
    package.write("samples/enhance/src/main.c", BOARD.format(
        includes="#include <zephyr/kernel.h>\n", main="int main(void)",
        give_up="return 1", say="printk", end="\n    return 0;"))


def make_arduino(package, about):
    package.write("library.properties", f"""\
name={about["name"]}
version={about["version"]}
author={about["author"]}
maintainer={about["author"]}
sentence={about["title"]}.
paragraph={about["description"]}
category=Signal Input/Output
url={about["url"]}
architectures=*
includes=def_nn3_se.h
""")
    package.write("keywords.txt", "\n".join(
        ["nnsp\tKEYWORD1"] +
        [f"nnsp_{what}\tKEYWORD2" for what in (
            "init", "reset", "step", "analyse", "extract", "infer",
            "synthesise")] +
        ["NNSP_HOP\tLITERAL1", "NNSP_OK\tLITERAL1"]) + "\n")
    package.write("examples/Enhance/Enhance.ino", SKETCH)
    package.write("library.json", json.dumps({
        "name": about["name"],
        "version": about["version"],
        "description": about["description"],
        "keywords": about["keywords"],
        "authors": [{"name": about["author"], "maintainer": True}],
        "homepage": about["url"],
        "license": about["license"],
        "frameworks": "*",
        "platforms": "*",
        "headers": "def_nn3_se.h",
        "build": {"srcDir": "src", "includeDir": "src"},
        "examples": [{"name": "Enhance", "base": "examples/Enhance",
                      "files": ["Enhance.ino"]}],
    }, indent=4) + "\n")


def make_esp_idf(package, about):
    package.write("CMakeLists.txt", f"""\
idf_component_register(
    SRCS
{lines(package.files(".c"), "        ")}    INCLUDE_DIRS src)
""")
    package.write("idf_component.yml", f"""\
version: "{about["version"]}"
description: "{about["title"]}"
url: {about["url"]}
license: {about["license"]}
dependencies:
  idf: ">=4.4"
examples:
  - path: examples/enhance
""")
    package.write("examples/enhance/CMakeLists.txt", """\
cmake_minimum_required(VERSION 3.16)
include($ENV{IDF_PATH}/tools/cmake/project.cmake)
project(enhance)
""")
    package.write("examples/enhance/main/CMakeLists.txt",
                  "idf_component_register(SRCS main.c)\n")
    package.write("examples/enhance/main/idf_component.yml", """\
dependencies:
  nnsp:
    path: ../../..
""")
    package.write("examples/enhance/main/main.c", BOARD.format(
        includes="#include <stdio.h>\n", main="void app_main(void)",
        give_up="return", say="printf", end=""))


def make_cmsis_pack(package, about):
    def files(paths, category):
        return "".join(
            f'        <file category="{category}" name={quoteattr(path)}/>\n'
            for path in paths)

    keywords = "".join(f"    <keyword>{escape(word)}</keyword>\n"
                       for word in about["keywords"])
    name = f'{about["vendor"]}.{about["name"]}'
    package.write(name + ".pdsc", f"""\
<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.7"
    xmlns:xs="http://www.w3.org/2001/XMLSchema-instance"
    xs:noNamespaceSchemaLocation="PACK.xsd">
  <vendor>{escape(about["vendor"])}</vendor>
  <name>{escape(about["name"])}</name>
  <description>{escape(about["description"])}</description>
  <url>{escape(about["url"])}</url>
  <license>LICENSE</license>
  <releases>
    <release version="{about["version"]}" date="{about["date"]}">
      {escape(about["title"])}.
    </release>
  </releases>
  <keywords>
{keywords}  </keywords>
  <conditions>
    <condition id="Cortex-M">
      <accept Dcore="Cortex-M0"/>
      <accept Dcore="Cortex-M0+"/>
      <accept Dcore="Cortex-M3"/>
      <accept Dcore="Cortex-M4"/>
      <accept Dcore="Cortex-M7"/>
      <accept Dcore="Cortex-M23"/>
      <accept Dcore="Cortex-M33"/>
      <accept Dcore="Cortex-M55"/>
      <accept Dcore="Cortex-M85"/>
    </condition>
  </conditions>
  <taxonomy>
    <description Cclass="Speech">Speech enhancement</description>
  </taxonomy>
  <components>
    <component Cclass="Speech" Cgroup="Enhancement" \
Cversion="{about["version"]}" condition="Cortex-M">
      <description>{escape(about["title"])}</description>
      <files>
        <file category="include" name="src/"/>
{files(package.files(".h"), "header")}{files(package.files(".c"), "sourceC")}\
        <file category="sourceC" name="template/enhance.c" attr="template" \
select="Enhance frames of 10 ms" version="{about["version"]}"/>
      </files>
    </component>
  </components>
</package>
""")
    package.write("template/enhance.c", BOARD.format(
        includes="#include <stdio.h>\n", main="int main(void)",
        give_up="return 1", say="printf", end="\n    return 0;"))


def zip_pack(package, about):
    """<vendor>.<name>.<version>.pack beside the folder, always the same."""
    name = f'{about["vendor"]}.{about["name"]}.{about["version"]}.pack'
    paths = sorted(os.path.join(folder, file)
                   for folder, _, files in os.walk(package.folder)
                   for file in files)
    with zipfile.ZipFile(os.path.join(os.path.dirname(package.folder), name),
                         "w", zipfile.ZIP_DEFLATED) as pack:
        for path in paths:
            entry = zipfile.ZipInfo(os.path.relpath(path, package.folder),
                                    (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as stream:
                pack.writestr(entry, stream.read())


def main():
    version, url, lib, tables, out = sys.argv[1:]
    if not re.fullmatch(r"https?://[\w.-]+(/[\w./~%-]*)?", url, re.ASCII):
        sys.exit(f"nnsp-packages: {url}: expected https://HOST/PATH")
    with open(os.path.join(HERE, "nnsp-packages.json"),
              encoding="utf-8") as stream:
        about = json.load(stream)
    about["version"] = version
    about["url"] = url.rstrip("/") + "/"
    runtime = os.path.join(lib, "nnsp")
    sources = [("nnsp/" + name, os.path.join(runtime, name))
               for name in sorted(os.listdir(runtime))
               if name.endswith((".c", ".h"))]
    sources += [(os.path.basename(tables) + ending, tables + ending)
                for ending in (".c", ".h")]
    license_file = os.path.join(HERE, "..", "LICENSE")
    makers = {"cmake/nnsp": make_cmake, "zephyr/nnsp": make_zephyr,
              "arduino/nnsp": make_arduino, "esp-idf/nnsp": make_esp_idf,
              "cmsis-pack/nnsp": make_cmsis_pack}
    for name, make in makers.items():
        package = Package(out, name, sources)
        make(package, about)
        package.copy_sources(license_file)
        if make is make_cmsis_pack:
            zip_pack(package, about)


if __name__ == "__main__":
    main()
