. "$(dirname "$0")/setup.bash"
request /a >log
summary log
equal "$(jq -s length <<<"$out")" 1 "number of JSON values"
gives 'keys' '["bytes","requests","routes","skipped","statuses"]'
gives '.routes[0] | keys' '["errors","p50_ms","p95_ms","requests","route"]'
