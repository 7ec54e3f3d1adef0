. "$(dirname "$0")/setup.bash"
{ request /b; request /b; request /a; request /Z; request /a 200 1 DELETE; request /c; request /c; request /c; } >log
summary log
gives '[.routes[].route]' '["GET /c","GET /b","DELETE /a","GET /Z","GET /a"]'
