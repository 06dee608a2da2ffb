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

needs_not se-record openblas cjson fftw3f cairo curl archive mpi
for program in se-convert se-eval se-features se-train; do
    needs_not "$program" portaudio
done

needs_not se-enhance curl archive mpi
needs_not se-eval curl archive mpi
needs_not se-features mpi

# Pictures are drawn by those that say --plot, and nothing but pictures by one.
needs_not se-train cairo
needs_not se-eval cairo
needs_not se-plot portaudio soxr curl archive mpi
