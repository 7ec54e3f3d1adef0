. "$(dirname "$0")/setup.bash"
cat >log <<'LINES'
{"method":"GET","path":"/a","status":200}
{"method":"GET","path":"/a","status":200,"ms":null}
{"method":"GET","path":"/a","status":200,"ms":"12"}
{"method":"GET","path":"/a","status":200,"ms":-1}
{"method":"GET","path":"/b","status":200,"ms":0}
{"method":"GET","path":"/b","status":200}
LINES
summary log
gives '[.routes[] | [.route, .requests, .p50_ms, .p95_ms]]' '[["GET /a",4,null,null],["GET /b",2,0,0]]'
