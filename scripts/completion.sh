#!/bin/bash
# completion.sh - makes the completion of a program from its --help.
#
#   scripts/completion.sh bash|zsh PROGRAM >FILE     (PROGRAM with its folder)
#
# Words that an option takes come from the program's own complaint about a wrong
# one.
set -euo pipefail
export LC_ALL=C

shell=$1
program=$2
name=${program##*/}
share=${SE_SHARE:-/usr/local/share/nnse}
help=$("$program" --help)

# A line for each option of --help: names ("-o --output"), value, description,
# with tabs between.
options()
{
    awk '
        function put()
        {
            if (names != "")
                print names "\t" value "\t" text
            names = ""
        }
        /^ +-/ {
            put()
            line = $0
            sub(/^ +/, "", line)
            gap = match(line, /  +/)
            text = gap ? substr(line, gap + RLENGTH) : ""
            if (gap)
                line = substr(line, 1, gap - 1)
            value = ""
            while (match(line, /^--?[a-zA-Z][a-zA-Z0-9_-]*(, )?/)) {
                word = substr(line, 1, RLENGTH)
                line = substr(line, RLENGTH + 1)
                sub(/, $/, "", word)
                if (word ~ /^--/) {
                    gsub(/-/, "_", word)
                    sub(/^__/, "--", word)
                }
                names = names (names == "" ? "" : " ") word
            }
            # An optional value, [=X], can only stand in the same word.
            if (line ~ /^\[/)
                line = ""
            value = line
            sub(/^[= ]/, "", value)
            next
        }
        names != "" && /^      / {
            sub(/^ +/, "")
            text = text (text == "" ? "" : " ") $0
            next
        }
        { put() }
        END { put() }' <<<"$help"
}

# The words that an option takes; no program gets past the unknown option.
words_of()
{
    "$program" "$1=@" --no_such_option 2>&1 >/dev/null |
        sed -n "s/^.*: expected \(.*\), found '@'\$/\1/p" |
        sed '/number/d; s/,/ /g; s/ or / /g; s/  */ /g'
}

# kind VALUE OPTION DESCRIPTION: "files", "folders", "nets", "words ..." or
# nothing.
kind()
{
    local words

    case $1,$2 in
    *,--nn_arch) echo nets ;;
    *,--epoch_loaded)
        grep -Eo '\<(random|best|latest)\>' <<<"$3" | sort -u |
            tr '\n' ' ' | sed 's/^/words /; s/ $//'
        ;;
    FILE*,* | PATH*,* | LIST*,* | PREFIX,* | CHECKPOINT,* | PORT,*)
        echo files
        ;;
    DIR,* | FOLDER,*) echo folders ;;
    WORD,* | HOW,* | WHICH,* | KIND,* | TYPE,* | NAME,*)
        words=$(words_of "$2")
        [ -z "$words" ] || echo "words $words"
        ;;
    *[!a-z0-9\|]*,*) ;;
    *\|*,*) echo "words ${1//|/ }" ;;
    esac
}

# each FUNCTION: calls FUNCTION NAMES VALUE KIND DESCRIPTION for each option.
each()
{
    local names value text

    while IFS= read -r line; do
        names=${line%%$'\t'*}
        line=${line#*$'\t'}
        value=${line%%$'\t'*}
        text=${line#*$'\t'}
        "$1" "$names" "$value" "$(kind "$value" "${names##* }" "$text")" \
            "$text"
    done < <(options)
}

# ---- bash --------------------------------------------------------------------

bash_case()
{
    [ -n "$2" ] || return 0
    printf '    %s) ' "${1// / | }"
    case $3 in
    nets) echo 'words=$(cd "$nets" 2>/dev/null && ls) ;;' ;;
    files) echo ';;' ;;
    folders) echo 'kind=d ;;' ;;
    words*) echo "kind= words='${3#words }' ;;" ;;
    *) echo 'kind= ;;' ;;
    esac
}

bash_completion()
{
    cat <<EOF
# bash completion of $name, made from its --help by scripts/completion.sh.
_${name//-/_}()
{
    local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
    local kind=f words= nets=\${SE_SHARE:-$share}/nn_arch

    # --option=value comes as three words.
    if [[ \$word == = ]]; then
        word=
    elif [[ \$before == = ]]; then
        before=\${COMP_WORDS[COMP_CWORD - 2]}
    fi
    # Dash and underscore are the same in long options.
    [[ \$before != --* ]] || before=\${before:2} before=--\${before//-/_}
    case \$before in
$(each bash_case)
    *)
        if [[ \$word == -* ]]; then
            kind= words='$(options | cut -f1 | paste -sd ' ')'
            [[ \$word != --* ]] || word=\${word:2} word=--\${word//-/_}
        fi
        ;;
    esac
    [[ -z \$kind ]] || compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen \${kind:+-\$kind} -W "\$words" -- "\$word")
}
complete -F _${name//-/_} $name
EOF
}

# ---- zsh ---------------------------------------------------------------------

# The first clause, without what means something to _arguments.
zsh_text()
{
    sed "s/[;(].*//; s/: .*//; s/[]:\\\\[]//g; s/ *\$//" <<<"$1" |
        sed "s/^\(.\{60\}[^ ]*\) .*/\1 .../; s/'/'\\\\''/g"
}

zsh_spec()
{
    local names=($1) text action= again option

    text=$(zsh_text "$4")
    case $3 in
    nets) action=_nnse_nets ;;
    files) action=_files ;;
    folders) action='_files -/' ;;
    words*) action="(${3#words })" ;;
    *) action=' ' ;;
    esac
    for option in "${names[@]}"; do
        # -o and --output are one option, --gap_min and --gap_max are two.
        case $4,$1 in
        *' again'* | *several*) again='*' ;;
        *,--*) again="($option)" ;;
        *) again="($1)" ;;
        esac
        case $2,$option in
        ,*) ;;
        *,--*) option+== ;;
        *) option+=+ ;;
        esac
        printf "    '%s%s[%s]%s' \\\\\n" "$again" "$option" "$text" \
            "${2:+:${2//:/-}:$action}"
    done
}

zsh_completion()
{
    cat <<EOF
#compdef $name
# zsh completion of $name, made from its --help by scripts/completion.sh.
_nnse_nets()
{
    compadd -- \${SE_SHARE:-$share}/nn_arch/*(N:t)
    _files
}

_arguments -s -S \\
$(each zsh_spec)
    '*:file:_files'
EOF
}

case $shell in
bash) bash_completion ;;
zsh) zsh_completion ;;
*)
    echo "completion.sh: expected bash or zsh, found '$shell'" >&2
    exit 2
    ;;
esac
