#!/bin/bash
# setup.sh - installs what the project needs and this machine lacks.
#
#   scripts/setup.sh PART...
#
# build  the programs (by default)        test   the tests, too
# bench  what make bench compares with    fuzz   make fuzz
# clips  makes test_wavs/ again           firmware   make firmware
# deb    make deb
# fresh  scripts/fresh.sh
# browser  the tests of the page that make web makes (620 MB)
# Debian and its kin; elsewhere it says what to install. Where nothing is
# missing it does nothing, and needs neither network nor rights.
set -euo pipefail

build='gcc make pkg-config libc6-dev libsndfile1-dev libsoxr-dev libspeexdsp-dev
       libfftw3-dev
       libkissfft-dev libcjson-dev zlib1g-dev portaudio19-dev
       libcurl4-openssl-dev ca-certificates libarchive-dev nettle-dev
       libcairo2-dev fonts-dejavu-core ladspa-sdk lv2-dev'
arm='gcc-arm-none-eabi libnewlib-arm-none-eabi'
mpi='libopenmpi-dev openmpi-bin'
test="$build $arm $mpi abigail-tools binutils bzip2 clang clang-format cmake dbus ffmpeg g++
      gcc-riscv64-unknown-elf iproute2 libcmocka-dev liblilv-dev lilv-utils
      libasound2-dev libunicorn-dev libxml2-utils lld locales nodejs pipewire pipewire-bin
      python3 python3-cffi python3-numpy python3-onnx python3-yaml
      libarmnn-cpuref-backend22 python3-pyarmnn
      python3-pytest python3-venv qemu-system-arm qemu-system-misc sordi sox
      valgrind wireplumber xz-utils zip zsh fonts-wqy-microhei"
fuzz="$build clang libclang-rt-dev llvm"
bench="$build $arm $mpi libunicorn-dev python3-torch python3-scipy
       libopenblas0-pthread"
firmware="$build $arm"
deb="$build debhelper dpkg-dev lintian"
fresh='debootstrap git'
clips='espeak-ng flite sox'
browser="$build clang lld nodejs sox chromium-headless-shell"

# Whether compiler and pkg-config find everything, however it was installed.
found_elsewhere()
{
    local modules='sndfile soxr speexdsp portaudio-2.0 kissfft-float libcjson zlib
                   libcurl libarchive nettle cairo'

    case $packages in *cmocka*) modules+=' cmocka' ;; esac
    command -v cc >/dev/null && command -v make >/dev/null &&
        pkg-config --exists $modules 2>/dev/null
}

packages=
for part in "${@:-build}"; do
    case $part in
    build) packages+=" $build" ;;
    test) packages+=" $test" ;;
    fuzz) packages+=" $fuzz" ;;
    bench) packages+=" $bench" ;;
    deb) packages+=" $deb" ;;
    clips) packages+=" $clips" ;;
    fresh) packages+=" $fresh" ;;
    firmware) packages+=" $firmware" ;;
    browser) packages+=" $browser" ;;
    *)
        echo "setup.sh: unknown part '$part':" \
            'build, test, bench, fuzz, clips, firmware, browser, deb or fresh' >&2
        exit 2
        ;;
    esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    found_elsewhere && exit 0
    echo "setup.sh: this is not Debian; please install what Debian calls" \
        $packages >&2
    exit 1
fi

installed=$(dpkg-query -W -f '${Package} ${Status}\n' $packages 2>/dev/null |
    sed -n 's/ install ok installed$//p' || true)
missing=
for package in $packages; do
    grep -qxF "$package" <<<"$installed" || missing+=" $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
        echo "setup.sh: as root, please: apt-get install$missing" >&2
        exit 1
    fi
fi
echo "setup.sh: installing$missing"
$sudo apt-get update -q
$sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
