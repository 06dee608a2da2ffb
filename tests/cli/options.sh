# What all programs have in common: their options, from the table of each.
. "$SRC/tests/cli/lib.sh"

n_programs=0
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    program=$BIN/$name
    n_programs=$((n_programs + 1))

    expect 0 "$program" --help
    [ ! -s stderr ] || fail "$name --help writes to standard error"
    grep -Eqi '^usage: .*'"$name" stdout || fail "$name --help: no usage line"
    grep -Eq -- '--version' stdout || fail "$name --help: no --version"
    awk 'length > 80 { exit 1 }' stdout || fail "$name --help: a long line"

    expect 0 "$program" --version
    grep -Eqx "$name \(nnse-c\) [0-9]+\.[0-9]+\.[0-9]+" stdout ||
        fail "$name --version: $(cat stdout)"

    expect 2 "$program" --no_such-option=1
    expect_line "^$name: unknown option '--no_such-option'"
    expect 2 "$program" --hlep
    expect_line "^$name: unknown option '--hlep': did you mean --help\?"
    expect 2 "$program" -@
    expect_line "^$name: unknown option '-@'"
    expect 2 "$program" --help=yes
    expect_line "^$name: option '--help' takes no value"

    # A full disk is an error even for help; nobody listening is not one.
    status=0
    "$program" --help >/dev/full 2>stderr || status=$?
    [ "$status" -eq 1 ] || fail "$name --help >/dev/full: status $status"
    expect_line "^$name: standard output: cannot write: No space left"

    # make man has been run: the page has names, limits and defaults in order.
    "$SRC/scripts/man-options.sh" "$program" "$SRC/cmd/$name/$name.1" >page
    cmp page "$SRC/cmd/$name/$name.1" || fail "$name.1: run make man"
done
[ "$n_programs" -gt 0 ] || fail "no programs in $SRC/cmd"

# ---- every row of every table ---------------------------------------------------

# given OPTION: --OPTION with a value that it takes, from ./table.
given()
{
    while IFS='	' read -r r_name _ r_kind r_must r_min _ r_words _; do
        case $r_name,$r_kind,$r_must in
        $1,flag,* | $1,*,optional) echo "--$1" ;;
        $1,switch,*) echo "--$1=1" ;;
        $1,integer,* | $1,real,* | $1,reals,* | $1,range,*)
            echo "--$1=$((r_min + 1))"
            ;;
        $1,word,* | $1,words,*) echo "--$1=${r_words%%,*}" ;;
        split,*) [ "$1" != split ] || echo "--split=80:20" ;;
        shard,*) [ "$1" != shard ] || echo "--shard=1/2" ;;
        mirror,*) [ "$1" != mirror ] || echo "--mirror=http://x" ;;
        $1,*) echo "--$1=x.png" ;;
        esac
    done <table
}

# wrong PATTERN OPTION...: is refused with one line; a shell's pattern.
wrong()
{
    pattern=$1 status=0
    shift
    message=$("$program" "$@" 2>&1 >/dev/null </dev/null) || status=$?
    [ "$status" -eq 2 ] || fail "$name $*: exit status $status: $message"
    case $message in
    *"
"*) fail "$name $*: $message" ;;
    "$name: "$pattern) ;;
    *) fail "$name $*: '$message', expected '$pattern'" ;;
    esac
}

# A value that is missing, no such value, or out of the range.
check_value()
{
    case $kind in
    flag) wrong "--$option: expected 0 or 1, found 'x'" "--$option=x" ;;
    help | version) wrong "option '--$option' takes no value" "--$option=1" ;;
    *)
        [ "$must" = optional ] ||
            wrong "option '--$option' needs a value" "--$option"
        [ "$must" = optional ] || [ "$letter" = - ] ||
            wrong "option '-$letter' needs a value" "-$letter"
        ;;
    esac
    case $kind in
    switch) wrong "--$option: expected 0 or 1, found '2'" "--$option=2" ;;
    integer | real | reals | range)
        for text in x 0x1 ' 1' nan; do
            wrong "--$option: expected *number* found '$text*'" "--$option=$text"
        done
        wrong "--$option: expected * found '$((min - 1))'" "--$option" \
            "$((min - 1))"
        [ "$max" = inf ] ||
            wrong "--$option: expected * found '$((max + 1))'" "--$option" \
                "$((max + 1))"
        ;;
    word | words)
        wrong "--$option: expected * or *, found 'x'" "--$option" x
        ;;
    file | folder | path | net)
        wrong "--$option: expected the name of a f*, found an empty one" \
            "--$option="
        ;;
    esac
}

# What an option needs and excludes, all of which must be in the table.
check_relations()
{
    [ "$needs $excludes" != '- -' ] || return 0
    for term in $(echo "$needs $excludes" | tr '|' ' '); do
        case $term in
        -) ;;
        *=*) grep -Eq "^${term%%=*}	.*[	,]${term#*=}[	,]" table ;;
        *) grep -q "^$term	" table ;;
        esac || fail "$name: --$option speaks of $term"
    done
    set -- $needed
    [ "$needs" = - ] || wrong '--* needs --*' "$@" "$(given "$option")"
    [ "$excludes" != - ] || return 0
    for other in $(echo "$excludes" | tr '|' ' '); do
        case $other in
        *=*) other=--$other ;;
        *) other=$(given "$other") ;;
        esac
        wrong '--*' "$@" "$(given "$option")" "$other"
    done
}

# Help says each of the words that a value may be.
check_words()
{
    case $kind in
    word | words) ;;
    *) return 0 ;;
    esac
    "$program" --help | awk -v name="--$option[[= ]" '
        /^  (-., |    )--/ { is_row = 0 }
        $0 ~ name { is_row = 1 }
        is_row' >row
    for word in $(echo "$words" | tr ',' ' '); do
        grep -qwF -- "$word" row || fail "$name: help of --$option lacks $word"
    done
}

# Other names, and what completion offers for a value.
check_names()
{
    [ "$words" = - ] || "$program" --complete "--$option" '' | sed 1d |
        paste -sd, | grep -qxF -- "$words" || fail "$name: --$option $words"
    [ "$also" != - ] || return 0
    for other in $also; do
        wrong "option '--$option' needs a value" "--$other"
    done
}

n_rows=0
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    program=$BIN/$name
    "$program" --describe table >table
    needed=$(while IFS='	' read -r option _ _ must _; do
        [ "$must" != needed ] || given "$option"
    done <table)

    # All of them, in help and in completion.
    sed 's/^/--/; s/	.*//' table >names
    "$program" --help | sed -En 's/^  (-., |    )(--[a-z0-9_]+).*/\2/p' |
        cmp - names || fail "$name --help has other options"
    "$program" --complete -- | sed '1d; s/	.*//' |
        cmp - names || fail "$name: completion has other options"
    while IFS='	' read -r option letter kind must min max words needs excludes \
        also _; do
        n_rows=$((n_rows + 1))
        check_value
        check_relations
        check_words
        check_names
    done <table
done
[ "$n_rows" -gt 180 ] || fail "$n_rows options of all programs"

# Dash and underscore are the same in long options, and words may be cut short.
for option in nn_arch nn-arch nn_a; do
    expect 2 "$BIN/se-train" "--$option"
    expect_line "^se-train: option '--nn_arch' needs a value"
done

# An operand is a name, and names are not empty.
for program in se-enhance se-record 'se-plot -o x.png'; do
    expect 2 "$BIN"/$program ''
    expect_line ': name 1 of 1: expected the name of a file, found an empty one'
done

# A message is one line, whatever is in a name.
name=$(printf 'no such\n\033[31mfile')
expect 1 "$BIN/se-eval" --clean "$name" --enhanced "$name"
expect_line '^se-eval: no such\?\?\[31mfile: '
