#!/usr/bin/env bash
# Summarises access logs as one JSON object.
set -u

usage_error() {
  printf 'summary.sh: %s; usage: summary.sh [-n COUNT] [FILE...]\n' "$1" >&2
  exit 2
}

count=10
while (($# > 0)); do
  case $1 in
    -n)
      [[ ${2-} =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "COUNT must be from 1 to 9999"
      count=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -?*) usage_error "unknown option $1" ;;
    *) break ;;
  esac
done

for file in "$@"; do
  if [[ -d $file ]] || ! : 2>/dev/null <"$file"; then
    printf 'summary.sh: cannot read %s\n' "$file" >&2
    exit 1
  fi
done

# Each line becomes a JSON string; a newline is added where a file ends without one.
lines() {
  local file
  if (($# == 0)); then
    cat
  else
    for file in "$@"; do
      cat <"$file"
      [[ -n $(tail -c 1 <"$file" | tr -d '\0') ]] && echo
    done
  fi
}

lines "$@" | jq -R -n --argjson count "$count" '
  def percentile($p): sort | if length == 0 then null else .[$p * length / 100 | floor] end;
  def amount: if type == "number" and . >= 0 then . else null end;
  def route:
    (.path | sub("[?#].*"; ""; "s") | gsub("/+"; "/") | if . == "/" then . else sub("/$"; "") end
      | split("/") | map(if test("^[0-9]+$") then ":id" else . end) | join("/")) as $path
    | (.method | ascii_upcase) + " " + $path;
  def is_request:
    type == "object" and (.path | type == "string" and startswith("/")) and (.method | type == "string")
    and (.status | type == "number" and . == floor and . >= 100 and . <= 599);

  [inputs | sub("\r$"; "") | select(test("[^[:space:]]")) | [fromjson?] | .[0]] as $lines
  | [$lines[] | select(is_request) | {route: route, status, ms: (.ms | amount), bytes: (.bytes | amount)}] as $requests
  | {
      requests: ($requests | length),
      skipped: (($lines | length) - ($requests | length)),
      bytes: ($requests | map(.bytes // 0) | add // 0),
      statuses: ($requests | group_by(.status / 100 | floor)
        | map({key: "\(.[0].status / 100 | floor)xx", value: length}) | from_entries),
      routes: ($requests | group_by(.route) | map({
          route: .[0].route,
          requests: length,
          errors: (map(select(.status >= 500)) | length),
          p50_ms: (map(.ms | values) | percentile(50)),
          p95_ms: (map(.ms | values) | percentile(95))
        }) | sort_by(-.requests, .route) | .[:$count])
    }
'
