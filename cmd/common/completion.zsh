#compdef se-convert se-enhance se-eval se-features se-plot se-record se-train
# completion.zsh - asks the program what can stand for the word.
local -a lines offered

lines=("${(@f)$($words[1] --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
offered=("${(@)${(@)lines[2,-1]//:/\\:}/$'\t'/:}")
# The value of --option=value.
[[ $PREFIX != --*=* ]] || compset -P '*='
(( $#offered == 0 )) || _describe -o option offered
case $lines[1] in
files) _files ;;
folders) _files -/ ;;
esac
