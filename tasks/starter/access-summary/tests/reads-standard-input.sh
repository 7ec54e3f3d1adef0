. "$(dirname "$0")/setup.bash"
request /a | { summary; gives .requests 1; gives '.routes[0].route' '"GET /a"'; }
