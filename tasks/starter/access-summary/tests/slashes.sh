. "$(dirname "$0")/setup.bash"
{ request /a/; request //a; request '/a//'; request ///; request /; request '//'; request /a//b/; } >log
summary log
gives '[.routes[] | [.route, .requests]]' '[["GET /",3],["GET /a",3],["GET /a/b",1]]'
