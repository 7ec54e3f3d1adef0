. "$(dirname "$0")/setup.bash"
{ request /a 200 9; request /a 200 100; request /a 200 20; } >log
summary log
gives '.routes[0] | [.p50_ms, .p95_ms]' '[20,100]'
