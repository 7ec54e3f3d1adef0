. "$(dirname "$0")/setup.bash"
{ request /a 200 1 get; request /a 200 2 GET; request /a 200 3 Post; } >log
summary log
gives '[.routes[] | [.route, .requests]]' '[["GET /a",2],["POST /a",1]]'
