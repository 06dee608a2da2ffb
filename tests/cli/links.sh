# A program links only what it uses.
. "$SRC/tests/cli/lib.sh"

# needs_not PROGRAM LIBRARY...
needs_not()
{
    program=$1
    shift
    readelf -d "$BIN/$program" >needed
    grep -q 'NEEDED.*libc\.so' needed || fail "readelf shows nothing"
    for library; do
        ! grep "NEEDED.*lib$library" needed || fail "$program needs $library"
    done
}

# What draws or plays is loaded by those that do.
for program in se-record se-enhance se-convert se-features se-train se-eval; do
    needs_not "$program" cairo fontconfig portaudio X11 jack
done
n=$(ldd "$BIN/se-enhance" | wc -l)
[ "$n" -le 24 ] || fail "se-enhance loads $n libraries: $(ldd "$BIN/se-enhance")"

needs_not se-record openblas cjson fftw3f curl archive mpi

needs_not se-enhance curl archive mpi
needs_not se-eval curl archive mpi
needs_not se-features mpi

needs_not se-plot cairo portaudio soxr curl archive mpi

# Where they are missing, the rest works, and what does not says why.
cat >missing.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

/* dlopen, to which the libraries that nobody links are not installed. */
void *dlopen(const char *name, int flags)
{
    static void *(*real)(const char *, int);

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    if (name && (strstr(name, "cairo") || strstr(name, "portaudio")))
        name = "/none/libnone.so";
    return real(name, flags);
}
END
[ -z "$(sanitizers)" ] || exit 0
expect 0 ${CC:-cc} -shared -fPIC -o missing.so missing.c
export LD_PRELOAD=$PWD/missing.so
clip=$SRC/test_wavs/noisy/rms_fan_0dB.wav
expect 0 "$BIN/se-enhance" -q "$clip" out.wav
rm out.wav
expect 1 "$BIN/se-enhance" -q --plot out.png "$clip" out.wav
expect_line '^se-enhance: .*libnone.so: cannot open shared object file'
expect 1 "$BIN/se-record" -l
expect_line '^se-record: .*libnone.so: cannot open shared object file'
no_files 'out.*'
