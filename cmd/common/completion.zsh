#compdef se-convert se-enhance se-eval se-features se-plot se-record se-train
# completion.zsh - asks the program what can stand for the word.
local -a lines offered how

lines=("${(@f)$($words[1] --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
offered=("${(@)${(@)lines[2,-1]//:/\\:}/$'\t'/:}")
# -U: the program knows what fits, "-" for "_" too.
how=(-U)
# The value of --option=value.
if [[ $PREFIX == --*=* ]]; then
    compset -P '*='
    how=()
fi
(( $#offered == 0 )) || _describe -t words word offered $how
case $lines[1] in
files) _files ;;
folders) _files -/ ;;
esac
