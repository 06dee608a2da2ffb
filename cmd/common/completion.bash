# completion.bash - asks the program what can stand for the word.
_nnse()
{
    local word=${COMP_WORDS[COMP_CWORD]} kind
    local -a lines

    mapfile -t lines < <("${COMP_WORDS[0]}" --complete \
        "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    kind=${lines[0]%s}
    COMPREPLY=("${lines[@]:1}")
    COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    # --option=value comes as three words.
    [[ $word != = ]] || word=
    case $kind in
    file | folder)
        compopt -o filenames 2>/dev/null
        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(
            compgen -A "${kind/folder/directory}" -- "$word"
        )
        ;;
    esac
}
complete -F _nnse se-convert se-enhance se-eval se-features se-plot se-record \
    se-train
