#!/bin/bash
# check-rules.sh - proves the rules that keep lib/ and cmd/ in order.
#
#   scripts/check-rules.sh [TREE]     (the tree it stands in by default)
#
# 1. A folder of lib/ includes from itself and from folders above it in the
#    list below, nothing else of the project; some do not know one another:
#    nn knows no dsp, loss neither dsp nor nn. Programs (cmd/) may include
#    everything, nobody includes them.
# 2. lib/nnsp, the integer runtime, stands alone: no header of the rest or of
#    the C library but those named below, no heap, no float, no globals, no
#    symbol from outside. The rest includes its one header, nnsp/nnsp.h.
# 3. Inside a folder, files do not call one another in circles.
# 4. A header named *_private.h is for its own folder (and for tests) alone.
# 5. The first line of a source file, of cmd/ as well, begins with its name.
set -euo pipefail
shopt -s nullglob

tree=${1:-$(dirname "$0")/..}
cd "$tree"

order='base gemm dsp files encoding container audio live nn loss model import
    export corpus metrics mix records fetch train enhance picture quant nnsp'
strangers='container/dsp live/container nn/dsp loss/dsp loss/gemm loss/nn fetch/corpus
    fetch/mix fetch/records'
runtime_headers='stdint.h stdbool.h stddef.h'
runtime_symbols='memcpy memset memmove'
intrinsics='arm_acle.h' # in lib/nnsp/*_m4.c alone
helium='arm_mve.h' # in lib/nnsp/*_mve.c alone

n_wrong=0
wrong()
{
    echo "check-rules: $*" >&2
    n_wrong=$((n_wrong + 1))
}

declare -A rank=()
for folder in $order; do
    rank[$folder]=${#rank[@]}
done

# check_include FILE:LINE FOLDER HEADER
check_include()
{
    local where=$1 folder=$2 header=$3
    local target=${header%%/*}

    if [ "$header" = nnsp/nnsp.h ]; then
        return
    elif [[ $header == *_private.h && $target != "$folder" ]]; then
        wrong "$where: $header is private to lib/$target"
    elif [[ $header == *..* || -z $header ]]; then
        wrong "$where: includes must be of the form \"folder/file.h\""
    elif [ "$target" = "$folder" ] || [ -f "lib/$folder/$header" ]; then
        return
    elif [[ $where == lib/nnsp/*_m4.c:* && $header == "$intrinsics" ]]; then
        return
    elif [[ $where == lib/nnsp/*_mve.c:* && $header == "$helium" ]]; then
        return
    elif [ "$folder" = nnsp ]; then
        [[ " $runtime_headers " == *" $header "* ]] ||
            wrong "$where: the runtime may not include $header"
    elif [ -e "cmd/$target" ] || [ "$target" = cmd ]; then
        wrong "$where: nobody may include a program's $header"
    elif [[ ${rank[$target]:--1} -gt ${rank[$folder]} ||
        " $strangers " == *" $folder/$target "* ]]; then
        wrong "$where: $folder may not know $target ($header)"
    fi
}

check_includes()
{
    local folder=$1 where line rest header

    while IFS=: read -r where line rest; do
        header=
        if [[ $rest =~ [\"\<]([^\"\>]*)[\"\>] ]]; then
            header=${BASH_REMATCH[1]}
        fi
        check_include "$where:$line" "$folder" "$header"
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null \
        "lib/$folder"/*.[ch])
}

# "a.c b.c" where a file of FOLDER names what another one of it defines.
calls()
{
    perl -0777 -e '
        for $path (@ARGV) {
            open my $in, "<", $path or die "$path: $!\n";
            $_ = <$in>;
            s{/\*.*?\*/|"(\\.|[^"\\\n])*"}{ }gs;
            ($file) = $path =~ m{([^/]*)$};
            while (/^(\w[\w \n*]*?)\b((?:se|nnsp)_\w+)
                    (?:\([^;{}]*\)\s*\{|(?:\[[^]]*\])*\s=)/gmx) {
                $home{$2} = $file if $1 !~ /\b(static|extern|typedef)\b/;
            }
            s/\b(struct|enum|union)\s+\w+//g;
            $text{$file} = $_;
        }
        for $file (keys %text) {
            for $name ($text{$file} =~ /\w+/g) {
                $to = $home{$name} or next;
                print "$file $to\n" if $to ne $file && !$seen{"$file $to"}++;
            }
        }' "lib/$1"/*.c | sort
}

check_circles()
{
    local graph loop

    graph=$(calls "$1")
    loop=$(tsort <<<"$graph" 2>&1 >/dev/null |
        sed -n 's/^tsort: \([^ -]*\.c\)$/\1/p' | tr '\n' ' ') || true
    [ -z "$loop" ] || wrong "lib/$1: a circle of files: $loop"
}

# What the compiled runtime shows: what it needs, and what it could change.
check_runtime_symbols()
{
    local objects file letter name defined

    objects=$(mktemp -d)
    for file in lib/nnsp/*.c; do
        ${CC:-cc} -std=c99 -O2 -Ilib -c \
            -o "$objects/$(basename "$file" .c).o" "$file" ||
            wrong "$file: does not compile as C99"
    done
    nm -P "$objects"/*.o | awk 'NF > 1 { print $2, $1 }' >"$objects/symbols"
    defined=$(awk '$1 ~ /[TDBRVW]/ { print $2 }' "$objects/symbols")
    while read -r letter name; do
        case $letter in
        [BbCDd]) wrong "lib/nnsp: $name is a global that can change" ;;
        U)
            grep -qxF "$name" <<<"$defined" ||
                [[ " $runtime_symbols _GLOBAL_OFFSET_TABLE_ " == *" $name "* ]] ||
                wrong "lib/nnsp: needs $name from outside"
            ;;
        esac
    done <"$objects/symbols"
    rm -r "$objects"
}

# The tokens of a source file, also without strings.
without_comments()
{
    perl -0777 -pe 's{/\*.*?\*/|//[^\n]*}{ }gs; s{"(\\.|[^"\\\n])*"}{""}g' "$1"
}

check_runtime()
{
    local file

    for file in lib/nnsp/*.[ch]; do
        if without_comments "$file" | grep -qE \
            -e '(^|[^[:alnum:]_])(float|double|_Complex)([^[:alnum:]_]|$)' \
            -e '(^|[^[:alnum:]_.])([0-9]+\.|\.[0-9]|[0-9]+[eE][-+0-9])'; then
            wrong "$file: uses floating point"
        fi
    done
    check_runtime_symbols
}

check_first_lines()
{
    local file line

    while read -r file; do
        IFS= read -r line <"$file" || true
        [[ $line == "/* ${file##*/} - "* ]] ||
            wrong "$file: its first line must begin with /* ${file##*/} - "
    done < <(find lib cmd -name '*.[ch]')
}

for folder in lib/*/; do
    folder=$(basename "$folder")
    if [ -z "${rank[$folder]:-}" ]; then
        wrong "lib/$folder: has no place in the order of folders"
    else
        check_includes "$folder"
        check_circles "$folder"
    fi
done
while IFS=: read -r file line rest; do
    wrong "$file:$line: a private header:${rest#*include}"
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include.*/[a-z0-9_]*_private\.h' \
    cmd lib/*.[ch] /dev/null)
check_first_lines
sources=(lib/nnsp/*.c)
if [ ${#sources[@]} -gt 0 ]; then
    check_runtime
fi
[ "$n_wrong" -eq 0 ]
