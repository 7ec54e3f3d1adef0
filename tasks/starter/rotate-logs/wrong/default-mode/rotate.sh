#!/usr/bin/env bash
# Rotates log files by number: FILE -> FILE.1 -> FILE.2 ...
set -u

usage_error() {
  printf 'rotate.sh: %s; usage: rotate.sh [-k KEEP] [-s MIN_BYTES] [--] FILE...\n' "$1" >&2
  exit 2
}

rotate() {
  local file=$1 number
  for number in "$file".*; do
    number=${number#"$file".}
    [[ $number =~ ^[0-9]+$ ]] && ((10#$number >= keep)) && rm -f -- "$file.$number"
  done
  for ((number = keep - 1; number >= 1; number--)); do
    [[ -f $file.$number ]] && mv -f -- "$file.$number" "$file.$((number + 1))"
  done
  mv -f -- "$file" "$file.1"
  touch -- "$file"
  printf 'rotated %s\n' "$file"
}

keep=5
min_bytes=1
while (($# > 0)); do
  case $1 in
    -k)
      [[ ${2-} =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "KEEP must be from 1 to 999"
      keep=$2
      shift 2
      ;;
    -s)
      [[ ${2-} =~ ^(0|[1-9][0-9]{0,8})$ ]] || usage_error "MIN_BYTES must be from 0 to 999999999"
      min_bytes=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -*) usage_error "unknown option $1" ;;
    *) break ;;
  esac
done
(($# > 0)) || usage_error "no file given"

status=0
for given in "$@"; do
  if [[ ! -f $given ]]; then
    printf 'rotate.sh: no such file: %s\n' "$given" >&2
    status=1
  elif (($(stat -c %s -- "$given") >= min_bytes)); then
    rotate "$given"
  fi
done
exit "$status"
