#!/bin/bash
# fresh-inside.sh - a step of fresh.sh, in the fresh machine, as its new owner.
#
#   fresh-inside.sh demo | install | root | user | packages
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
clone=/root/nnse-c
prefix=/opt/nnse
# Where an ordinary user's work may be.
work='/srv/Arbeitsplätze of somebody with a rather long name/projects 2026'
read -ra words <<<"${FRESH_MAKE:-}"

# try USER COMMAND...: as that user, with nothing but HOME and PATH.
try()
{
    local user=$1 home

    shift
    home=$(getent passwd "$user" | cut -d: -f6)
    echo "+ ($user) $*" >&2
    if [ "$user" = root ]; then
        env -i HOME="$home" PATH="$PATH" "$@"
    else
        setpriv --reuid="$user" --regid="$user" --init-groups \
            env -i HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin "$@"
    fi
}

# try_tests USER
try_tests()
{
    try "$1" make test "${words[@]}" ${FRESH_TEST:+"$FRESH_TEST"}
}

# checkout USER FOLDER: a clone, or in an older one what has been committed since.
checkout()
{
    local git=(env GIT_CONFIG_GLOBAL=/put/gitconfig git)

    [ -d "$2" ] || try "$1" "${git[@]}" clone -q /put/nnse-c "$2"
    cd "$2"
    try "$1" "${git[@]}" fetch -q origin HEAD
    try "$1" "${git[@]}" reset -q --hard FETCH_HEAD
}

# Packages are kept for the next fresh machine.
echo 'Dir::Cache::archives "/archives";' >/etc/apt/apt.conf.d/90archives
echo 'APT::Keep-Downloaded-Packages "true";' >>/etc/apt/apt.conf.d/90archives

# An ordinary user.
id somebody >/dev/null 2>&1 || useradd --create-home --shell /bin/bash somebody

case $1 in
demo)
    apt-get update -q >/dev/null || exit 77
    # README's line for a machine that lacks what it takes to begin.
    line=$(sed -n 's/^    apt-get install \(git [^#]*\).*/\1/p' /put/nnse-c/README.md)
    read -ra packages <<<"$line"
    apt-get install -q -y --no-install-recommends "${packages[@]}" >/dev/null
    checkout root "$clone"
    try root make demo "${words[@]}"
    ;;
install)
    checkout root "$clone"
    try root make install PREFIX="$prefix" "${words[@]}"
    cp -r test_wavs cmd/examples/stream.c /tmp
    cd /tmp
    mv "$clone" "$clone.away"
    trap 'mv "$clone.away" "$clone"' EXIT
    installed=$prefix/bin
    try root env PKG_CONFIG_PATH="$prefix/lib/pkgconfig" sh -euc '
        cc stream.c -o stream $(pkg-config --cflags --libs nnse)'
    head -c 192000 test_wavs/speech.wav |
        try root env LD_LIBRARY_PATH="$prefix/lib" ./stream >stream.raw
    [ -s stream.raw ]
    # use SETTING...: what there is for nets, beside the programs or elsewhere.
    use()
    {
        try somebody env "$@" sh -euc '
            PATH=$1:$PATH
            cd "$(mktemp -d)"
            se-enhance -q -o clean /tmp/test_wavs/noisy/*.wav
            se-eval --clean /tmp/test_wavs/clean --enhanced clean
            se-convert --net_id 3 --net_name se
            [ -s def_nn3_se.c ]
            se-features -q -s /tmp/test_wavs/clean -n /tmp/test_wavs/noisy \
                -o mixtures --num 2
            se-train -q --init shipped:se_nn_arch72_mel --speech /tmp/test_wavs/clean \
                --noise /tmp/test_wavs/noisy --num_epoch 1 --epoch_hours 0.01
            se-plot models/*/history.jsonl -o curves.pdf
            [ -s curves.pdf ]' use "$installed"
    }
    use
    mv "$prefix/share/nnse" '/srv/nets of nnse'
    use SE_SHARE='/srv/nets of nnse'
    mv '/srv/nets of nnse' "$prefix/share/nnse"
    for program in "$prefix"/bin/se-*; do
        try root "$program" --help >/dev/null
        ! grep -qF "$clone" "$program" ||
            { echo "$program knows the clone's folder" >&2; exit 1; }
    done
    ;;
root)
    checkout root "$clone"
    try_tests root
    ;;
user)
    # An ordinary user cannot install what the tests need; the owner does.
    checkout root "$clone"
    try root scripts/setup.sh test
    mkdir -p "$work"
    chown somebody: "$work"
    checkout somebody "$work/nnse-c"
    try somebody make demo "${words[@]}"
    # The root's before its tests had no MPI.
    for made in build/bin/* build/libnnse.a build/libnnse.so; do
        ! cmp -s build/flags "$clone/build/flags" || cmp "$made" "$clone/$made"
    done
    try_tests somebody
    ;;
packages)
    apt-get update -q >/dev/null
    apt-get install -q -y --no-install-recommends /put/*nnse*.deb gcc libc6-dev \
        pkg-config >/dev/null
    try root /put/smoke
    apt-get purge -q -y '*nnse*' >/dev/null
    left=$(find /usr -name '*nnse*')
    [ -z "$left" ] || { echo "purging left $left" >&2; exit 1; }
    ;;
*)
    echo "fresh-inside.sh: unknown step '$1'" >&2
    exit 2
    ;;
esac
