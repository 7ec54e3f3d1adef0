. "$(dirname "$0")/setup.bash"
{ request /a 200 5; request /a 204 7; request /b 302 1; } >log
summary log
gives .requests 3
gives .skipped 0
gives .bytes 0
gives '.routes | length' 2
gives '[.routes[].requests] | map(type)' '["number","number"]'
gives '.routes[0]' '{"errors":0,"p50_ms":5,"p95_ms":7,"requests":2,"route":"GET /a"}'
equal "$err" "" "standard error"
