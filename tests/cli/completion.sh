# Completion in bash and zsh, which ask the program.
. "$SRC/tests/cli/lib.sh"

PATH=$BIN:$PATH
bash -n "$SRC/cmd/common/completion.bash" || fail 'completion.bash is no bash'
need zsh
zsh -n "$SRC/cmd/common/completion.zsh" ||
    fail 'completion.zsh is no zsh'

# complete WORD...: what bash offers for the last word, sorted, in one line.
complete()
{
    bash -c '. "$SRC/cmd/common/completion.bash"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _nnse && printf "%s\n" "${COMPREPLY[@]}"' - "$@" |
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

# What zsh offers, its own functions replaced.
zsh_offers()
{
    wanted=$1
    shift
    offered=$(zsh -f -c '
        compset() { }
        _files() { print "files $*" }
        _describe() { print -l -- ${${(P)4}%%:*} }
        words=("$@") CURRENT=$# PREFIX=${@[-1]}
        . "$SRC/cmd/common/completion.zsh"' - "$@" | LC_ALL=C sort | tr '\n' ' ')
    [ "$offered" = "$wanted" ] || fail "zsh: $*: '$offered', expected '$wanted'"
}
need zsh
zsh_offers '--engine ' se-enhance --eng
zsh_offers '--gap_max --gap_min ' se-features --gap
zsh_offers 'float ' se-eval --engine=fl
zsh_offers 'fixed float ' se-enhance --engine ''
zsh_offers 'files  ' se-enhance ''
zsh_offers 'files -/ ' se-enhance -o ''
