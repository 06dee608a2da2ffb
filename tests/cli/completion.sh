# Completion in bash and zsh, made from --help.
. "$SRC/tests/cli/lib.sh"

make_completion()
{
    "$SRC/scripts/completion.sh" "$1" "$BIN/$2"
}

# Every option of --help is there, and both shells can read what was made.
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    make_completion bash "$name" >"$name.bash"
    make_completion zsh "$name" >"_$name"
    bash -n "$name.bash" || fail "$name.bash is no bash"
    "$BIN/$name" --help | grep -E '^ +-' | grep -Eo -- '--[a-z][a-z0-9_-]+' |
        sed 's/-/_/g; s/^__/--/' | sort -u >options
    [ -s options ] || fail "$name: no options in --help"
    while read -r option; do
        grep -qF -- " $option" "$name.bash" || fail "$name.bash: no $option"
        grep -Eq -- "$option(=|\[)" "_$name" || fail "_$name: no $option"
    done <options
    ! command -v zsh >/dev/null || zsh -n "_$name" || fail "_$name is no zsh"
done
expect 2 "$SRC/scripts/completion.sh" fish "$BIN/se-eval"

# complete WORD...: what bash offers for the last word, sorted, in one line.
complete()
{
    bash -c '. "./$1.bash"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "_${1//-/_}" && printf "%s\n" "${COMPREPLY[@]}"' - "$@" |
        LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

# offers WANTED WORD...
offers()
{
    wanted=$1
    shift
    offered=$(complete "$@")
    [ "$offered" = "$wanted" ] || fail "$*: '$offered', expected '$wanted'"
}

mkdir -p 'some where/nn_arch'
: >'some where/noisy.wav'
: >'some where/nn_arch/def_mine.txt'
offers '--engine' se-enhance --eng
offers '--nn_arch' se-enhance --nn-a
offers '--until_silence' se-record --until-s
offers '--gap_max --gap_min' se-features --gap
offers 'fixed float' se-enhance --engine f
offers 'fixed float' se-enhance --engine = f
offers 'float' se-eval -q --engine = fl
offers 'best latest' se-eval --epoch-loaded ''
offers 'linked' se-enhance --channels l
offers 'pcm pspec' se-features --format p
offers 'some where/noisy.wav' se-enhance 'some where/noi'
offers 'some where/noisy.wav' se-eval --noisy 'some where/noi'
offers 'some where' se-enhance -o so
offers '' se-enhance --atten_lim so
export SE_SHARE="$PWD/some where"
offers 'def_mine.txt' se-enhance --nn_arch def_m
