. "$(dirname "$0")/setup.bash"
for n in {a..p}; do request "/$n"; done >log
summary log
gives '.routes | length' 10
gives .requests 16
summary -n 2 log
gives '[.routes[].route]' '["GET /a","GET /b"]'
summary -n 9999 log
gives '.routes | length' 16
