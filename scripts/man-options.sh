#!/bin/sh
# man-options.sh - the man page of a program with the OPTIONS that it has.
#
#   scripts/man-options.sh PROGRAM PAGE >NEW     (PROGRAM with its folder)
#
# Tag, sentence, limits and default of each option come from the program. What
# PAGE says of an option behind a line of `.\"` alone stays, as does what stands
# between a heading and its first option.
set -eu

{
    "$1" --describe man
    cat "$2"
} | awk '
    # The first part, of the program, up to the title of the page.
    !in_page && !/^\.TH / { made[++n_made] = $0; next }
    { in_page = 1 }

    /^\.SH / { in_options = 0 }
    !in_options && !n_kept_pages { before[++n_before] = $0 }
    /^\.SH OPTIONS/ { in_options = n_kept_pages = 1; key = ""; keeps = 1; next }
    !in_options && n_kept_pages { after[++n_after] = $0 }
    !in_options { next }
    /^\.SS / { key = substr($0, 5); keeps = 1; next }
    /^\.TP/ { is_tag = 1; keeps = 0; next }
    is_tag {
        match($0, /\\-\\-[a-z0-9_]+/)
        key = substr($0, RSTART + 4, RLENGTH - 4)
        is_tag = 0
        next
    }
    /^\.\\"$/ { keeps = 1; next }
    keeps { kept[key] = kept[key] $0 "\n" }

    END {
        for (i = 1; i <= n_before; i++)
            print before[i]
        printf "%s", kept[""]
        for (i = 1; i <= n_made; i++) {
            key = made[i]
            if (!sub(/^\.\\" =/, "", key))
                print made[i]
            else if (key in kept)
                printf "%s%s", made[i - 1] ~ /^\.SS/ ? "" : ".\\\"\n", kept[key]
        }
        for (i = 1; i <= n_after; i++)
            print after[i]
    }'
