#!/bin/bash
# What a user without GridWay has: submits COUNT jobs to CONTACT with globusrun and asks until all are done.
# Usage: execution.sh CONTACT COUNT
set -u
contact=$1
count=$2
jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
for _ in $(seq "$count"); do
    globusrun -b -r "$contact" '&(executable=/bin/true)' | grep '^https:'
done >"$jobs"
while read -r job; do
    until [ "$(globus-job-status "$job")" = DONE ]; do :; done
done <"$jobs"
