# The installed library, by those who use it: C, C++, pkg-config, CMake, shared
# and static, in a folder of their own that sees nothing else of this project.
. "$SRC/tests/cli/lib.sh"

root=$PWD/root
installed=$root/usr/local
examples=$SRC/cmd/examples
clip=$SRC/test_wavs/noisy/rms_fan_0dB.wav
expect 0 make -s -C "$SRC" BUILD="$make_build" DESTDIR="$root" install
mkdir work
cd work

# ---- what it shows -----------------------------------------------------------
shared=$installed/lib/libnnse.so
[ "$(readlink "$shared")" = libnnse.so.1 ] || fail 'libnnse.so is no link'
readelf -d "$shared" >dynamic
grep -q 'SONAME.*\[libnnse.so.1\]' dynamic || fail 'no soname'
nm -D --defined-only "$shared" | awk '$2 != "A" { print $3 }' |
    sed 's/@.*//' | sort >shown
grep -v '^#' "$SRC/lib/nnse.h" | tr '\n' ' ' | grep -o 'NNSE_API [^;(]*(' |
    sed 's/(//; s/.*[ *]//' | sort >declared
[ "$(wc -l <declared)" -gt 10 ] || fail 'nnse.h declares nothing'
cmp shown declared || fail "libnnse.so shows: $(diff shown declared)"
nm -g --defined-only "$installed/lib/libnnse.a" | awk 'NF == 3 { print $3 }' |
    sort >shown
cmp shown declared || fail "libnnse.a shows: $(diff shown declared)"
! grep -i 'NEEDED.*fftw' dynamic ||
    fail 'the library links FFTW, which is under the GPL'
[ "$(ls "$installed/include")" = nnse.h ] || fail 'more than nnse.h is installed'

sanitizers=$(sanitizers)

# ---- pkg-config --------------------------------------------------------------
export PKG_CONFIG_PATH="$installed/lib/pkgconfig"
nnse()
{
    pkg-config --define-variable=prefix="$installed" "$@" nnse
}
[ "$(nnse --modversion)" = "$("$BIN/se-eval" --version | sed 's/.* //')" ] ||
    fail "nnse.pc: version $(nnse --modversion)"
[ "$(pkg-config --variable=prefix nnse)" = /usr/local ] ||
    fail 'nnse.pc: another prefix than /usr/local'

cc="${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror $sanitizers"
export LD_LIBRARY_PATH="$installed/lib"
for example in file stream fixed; do
    expect 0 $cc -o "$example" "$examples/$example.c" $(nnse --cflags --libs)
done
expect 0 $cc -o static "$examples/file.c" $(nnse --cflags) \
    "$installed/lib/libnnse.a" $(nnse --static --libs-only-l | sed 's/-lnnse//')
! readelf -d static | grep 'NEEDED.*nnse' || fail 'static: links libnnse.so'

# ---- the examples do what se-enhance does ------------------------------------
expect 0 ./file "$clip" clean.wav
expect 0 env LD_LIBRARY_PATH= ./static "$clip" static.wav
cmp clean.wav static.wav || fail 'shared and static libraries differ'
expect 0 "$BIN/se-enhance" -q --atten_lim 24 "$clip" expected.wav
# Not to the bit: the programs may have another FFT.
expect 0 sox -m -v 1 clean.wav -v -1 expected.wav difference.wav
peak=$(sox difference.wav -n stat 2>&1 |
    awk '/^Maximum amplitude/ { print $3 }')
awk -v peak="$peak" 'BEGIN { exit !(peak <= 2 / 32768) }' ||
    fail "the library's sound is $peak from se-enhance's"
expect 1 ./file none.wav clean.wav
expect_line '^\./file: none.wav: '

# late N FILE: the raw sound FILE without its first N samples.
late()
{
    tail -c +$((2 * $1 + 1)) "$2"
}
sox "$clip" -t raw -e signed -b 16 noisy.raw
"$BIN/se-enhance" -q --engine fixed "$clip" expected.wav
sox expected.wav -t raw -e signed -b 16 expected.raw
./fixed <noisy.raw >fixed.raw
[ "$(wc -c <fixed.raw)" = "$(wc -c <noisy.raw)" ] || fail 'fixed: another length'
late 479 fixed.raw >fixed.late
cmp -n "$(wc -c <fixed.late)" fixed.late expected.raw ||
    fail "fixed: not the board's bits"
expect 0 ./fixed "$SRC"/models/se_nn_arch72_mel/*.safetensors <noisy.raw
cmp stdout fixed.raw || fail 'a net from a file: other bits'
expect 1 ./fixed "$SRC/README.md" </dev/null
expect_line 'README.md: '

"$BIN/se-convert" -q --net_id 3 --net_name se --folder_c .
expect 0 $cc -I. -I"$SRC/lib" -o board "$examples/board.c" def_nn3_se.c \
    "$SRC"/lib/nnsp/[a-z]*.c
./board <noisy.raw >board.raw
late 320 board.raw >board.late
cmp -n "$(wc -c <board.late)" board.late expected.raw || fail 'board: other bits'

sox "$clip" -r 48000 -c 2 -t raw -e signed -b 16 noisy48.raw
./stream <noisy48.raw >clean48.raw 2>stderr
grep -q ' ms late$' stderr || fail 'stream does not say its delay'
[ "$(wc -c <clean48.raw)" = "$(wc -c <noisy48.raw)" ] ||
    fail 'stream: another length'
! cmp -s noisy48.raw clean48.raw || fail 'stream: nothing was done'

# ---- a host that writes 1,5 and for which the small letter of I is no i ---------
need localedef
localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >log 2>&1 &&
    localedef -i tr_TR -f UTF-8 ./tr_TR.UTF-8 >log 2>&1 ||
    fail "localedef: $(cat log): scripts/setup.sh test"
sed 's/dropprob .*//; s/^activation tanh/&\ndropprob 0.25/' \
    "$SRC/nn_arch/def_se_nn_arch72_mel.txt" >def_dropped.txt
expect 0 "$BIN/se-train" -q --nn_arch def_dropped.txt --speech "$SRC/test_wavs/clean" \
    --noise "$SRC/test_wavs/noisy" --seconds 1 --batchsize 1 --timesteps 10 \
    --epoch_hours 0.0005 --num_epoch 1
cat >host.c <<'END'
#include <locale.h>
#include <nnse.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct nnse_config config;
    struct nnse_net *net = NULL;
    struct nnse *stream;

    nnse_defaults(&config);
    config.limit_db = -1.5f;
    if (argc < 4 || !setlocale(LC_ALL, "") ||
        nnse_net_file(&net, argv[1]) != NNSE_OK ||
        nnse_file(net, NULL, argv[2], argv[3]) != NNSE_OK ||
        nnse_create(&stream, net, &config) == NNSE_OK)
        printf("%s\n", nnse_error());
    printf("%s %g\n", nnse_error(), 1.5);
    nnse_net_free(net);
    return 0;
}
END
expect 0 $cc -o host host.c $(nnse --cflags --libs)
for language in de_DE tr_TR; do
    expect 0 env LOCPATH="$PWD" LC_ALL=$language.UTF-8 ./host \
        models/dropped/epoch_0001.safetensors "$clip" $language.AIFF
    [ "$(cat stdout)" = 'config.limit_db is -1.5, expected 0 or more 1,5' ] ||
        fail "$language: $(cat stdout)"
done

# ---- the program in the header -----------------------------------------------
sed -n '/^ \*     #include <nnse.h>/,/^ \*     }$/s/^ \* \{0,5\}//p' \
    "$installed/include/nnse.h" >header.c
expect 0 $cc -o header header.c $(nnse --cflags --libs)
rm clean.wav
cp "$clip" noisy.wav
expect 0 ./header
[ -s clean.wav ] || fail 'the program in nnse.h wrote nothing'

# ---- C++ ---------------------------------------------------------------------
cat >program.cc <<'END'
#include <nnse.h>

#include "def_nn3_se.h"
#include <cstdio>
#include <vector>

static std::vector<uint64_t> memory(NNSP_SE_MEMORY_BYTES / 8);

int main()
{
    nnse_config config;
    nnse *stream = nullptr;
    nnsp runtime;
    std::vector<float> sound(4800);

    nnse_defaults(&config);
    config.engine = NNSE_ENGINE_INTEGER;
    if (nnse_create(&stream, nullptr, &config) != NNSE_OK) {
        std::puts(nnse_error());
        return 1;
    }
    nnse_process(stream, sound.data(), sound.data(), sound.size());
    nnse_destroy(stream);
    return nnsp_init(&runtime, &nnsp_net_se, memory.data(),
                     NNSP_SE_MEMORY_BYTES) != NNSP_OK;
}
END
mkdir objects
for file in def_nn3_se.c "$SRC"/lib/nnsp/[a-z]*.c; do
    $cc -I. -I"$SRC/lib" -c -o "objects/$(basename "$file").o" "$file"
done
expect 0 "${CXX:-c++}" -std=c++11 -Wall -Wextra -Werror $sanitizers -I. \
    -I"$SRC/lib" -o program program.cc objects/*.o $(nnse --cflags --libs)
expect 0 ./program

# The rest knows nothing of sanitizers.
[ -z "$sanitizers" ] || exit 0

# ---- CMake -------------------------------------------------------------------
mkdir project
cp "$examples/file.c" project
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.13)
project(example C)
find_package(nnse 0.1 REQUIRED)
add_executable(shared file.c)
target_link_libraries(shared nnse::nnse)
add_executable(static file.c)
target_link_libraries(static nnse::static)
END
expect 0 cmake -S project -B project/build -DCMAKE_PREFIX_PATH="$installed"
expect 0 cmake --build project/build
for program in shared static; do
    expect 0 "project/build/$program" "$clip" "$program.cmake.wav"
    cmp "$program.cmake.wav" static.wav || fail "CMake: $program differs"
done
sed -i 's/nnse 0.1/nnse 99/' project/CMakeLists.txt
expect 1 cmake -S project -B project/other -DCMAKE_PREFIX_PATH="$installed"

# ---- the binary interface ----------------------------------------------------
# After a change that is meant, the same abidw writes the golden file.
[ "$(uname -m)" = x86_64 ] || exit 0
abidw --no-corpus-path --no-comp-dir-path --exported-interfaces-only \
    --headers-dir "$installed/include" --drop-private-types \
    --out-file now.abi "$shared"
expect 0 abidiff --no-architecture --headers-dir1 "$installed/include" \
    --headers-dir2 "$installed/include" "$SRC/tests/golden/libnnse.abi" now.abi
