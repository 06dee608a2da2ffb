# The Python package: pip install in an environment of its own, without a
# network, then pytest and the examples in its documentation.
. "$SRC/tests/cli/lib.sh"

for module in cffi numpy pytest venv; do
    "$python" -c "import $module" 2>/dev/null ||
        fail "$python has no $module: scripts/setup.sh test"
done
# A library with sanitizers wants them in the program.
! nm "$build/lib/nnse.o" | grep -q __ubsan ||
    skip 'Python without sanitizers cannot load a library that has them'

export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
export PYTHONDONTWRITEBYTECODE=1
BUILD=$make_build
export BUILD

# ---- what the tests read -----------------------------------------------------
noisy=$SRC/test_wavs/noisy/rms_fan_0dB.wav
cp "$noisy" noisy.wav
expect 0 "$BIN/se-enhance" -q --engine fixed noisy.wav fixed.wav
ln -s "$SRC/models" models
for format in pspec pcm; do
    expect 0 "$BIN/se-features" -q -s "$SRC/test_wavs/clean" \
        -n "$SRC/test_wavs/noisy" -o set-$format --format $format --num 1 \
        --seconds 4 --records_per_file 4
done
mv set-pspec set
mv set-pcm pcm

# ---- pip install . -----------------------------------------------------------
expect 0 "$python" -m venv --system-site-packages env
expect 0 env/bin/pip install "$SRC"
expect 0 env/bin/python -c 'import nnse; print(nnse.__version__, nnse.__file__)'
grep -q "^$("$BIN/se-eval" --version | sed 's/.* //') $PWD/env/" stdout ||
    fail "imported: $(cat stdout)"
tests()
{
    env/bin/python -m pytest -q -p no:cacheprovider --basetemp=pytest "$@" \
        >tested || { cat tested >&2; fail "pytest $*"; }
}
tests "$SRC/tests/python/test_nnse.py"

# The examples of the documentation, and of the package's README.
package=$(env/bin/python -c 'import nnse; print(nnse.__path__[0])')
tests --doctest-modules "$package"
grep -q '^[4-9] passed' tested || fail "doctests: $(cat tested)"

# ---- the wheel ---------------------------------------------------------------
for folder in 1 2; do
    mkdir $folder
    expect 0 "$python" "$SRC/cmd/python/backend.py" $folder
done
wheel=$(basename 1/nnse-*.whl)
cmp "1/$wheel" "2/$wheel" || fail 'a wheel is not like the other'
expect 0 env/bin/pip uninstall -y nnse
expect 0 env/bin/pip install "1/$wheel"
expect 0 env/bin/python -c 'import nnse; nnse.Stream()'

# ---- the sources, and out of them a wheel ------------------------------------
cat >sdist.py <<'END'
import os
import sys

sys.path.insert(0, sys.argv[1])
import backend

print(backend.build_sdist(sys.argv[2]))
END
mkdir -p sources build
for folder in 1 2; do
    expect 0 "$python" sdist.py "$SRC/cmd/python" $folder
done
sources=$(cat stdout)
cmp "1/$sources" "2/$sources" || fail 'sources are not like the others'
tar -xf "1/$sources" -C sources
tree=$(echo sources/nnse-*)
[ "$tree.tar.gz" = "sources/$sources" ] || fail "in $sources: $tree"
grep -q '^Name: nnse$' "$tree/PKG-INFO" || fail 'PKG-INFO'
expect 0 diff -r "$SRC/cmd/python" "$tree/cmd/python" -x __pycache__
expect 0 test -e "$tree/pyproject.toml" -a -e "$tree/lib/nnse.h"

# ---- pip install -e: what is changed in the tree is changed ------------------
expect 0 env/bin/pip uninstall -y nnse
expect 0 env/bin/pip install -e "$SRC"
expect 0 env/bin/python -c 'import nnse, os
nnse.Stream().close()
print(os.path.realpath(nnse._net.__file__))'
[ "$(cat stdout)" = "$(realpath "$SRC/cmd/python/nnse/_net.py")" ] ||
    fail "imported: $(cat stdout)"
expect 0 env/bin/pip uninstall -y nnse
expect 1 env/bin/python -c 'import nnse'

# ---- a build that fails says why ---------------------------------------------
expect 1 env CC=false MAKEFLAGS= BUILD="$PWD/other" \
    "$python" "$SRC/cmd/python/backend.py" 1
grep -q 'scripts/setup.sh build' stderr || fail "says: $(cat stderr)"
