#!/bin/bash
# An information driver as one writes it in shell: for each request a subshell that looks the host up with grep and joins
# the lines of its file. Usage: static.sh HOST_LIST
while read -r verb number host _; do
    case $verb in
    INIT) echo "INIT - SUCCESS -" ;;
    DISCOVER) (
        names=
        while read -r name _; do names="$names $name"; done <"$1"
        echo "DISCOVER - SUCCESS$names"
    ) & ;;
    MONITOR) (
        file=$(grep "^$host " "$1" | cut -d' ' -f2)
        text=
        while read -r line; do text="$text $line"; done <"$file"
        echo "MONITOR $number SUCCESS$text"
    ) & ;;
    FINALIZE) echo "FINALIZE - SUCCESS -" && exit 0 ;;
    esac
done
