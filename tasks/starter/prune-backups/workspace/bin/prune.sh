#!/usr/bin/env bash
# Thins out a folder of backups; see README.md.
set -u

here=$(dirname $0)/..
. $here/lib/options.sh
. $here/lib/list.sh
. $here/lib/select.sh
. $here/lib/remove.sh

read_options "$@"
names | while read name; do
  backups "$name" | select_backups | apply
done
summary
exit 0
