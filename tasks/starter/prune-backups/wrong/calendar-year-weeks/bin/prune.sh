#!/usr/bin/env bash
# Thins out a folder of backups; see README.md.
set -u
export LC_ALL=C

here=$(dirname -- "$0")/..
. "$here/lib/options.sh"
. "$here/lib/list.sh"
. "$here/lib/select.sh"
. "$here/lib/remove.sh"

read_options "$@"
while IFS=/ read -r name date _ file; do
  decide "$name" "$date" "$file"
  apply "$verdict" "$file"
done < <(backups)
summary
((failed == 0))
