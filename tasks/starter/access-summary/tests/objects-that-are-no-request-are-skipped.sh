. "$(dirname "$0")/setup.bash"
cat >log <<'LINES'
{"method":"GET","path":"a","status":200}
{"method":"GET","path":"","status":200}
{"method":"GET","path":7,"status":200}
{"method":null,"path":"/a","status":200}
{"path":"/a","status":200}
{"method":"GET","path":"/a"}
{"method":"GET","path":"/a","status":"200"}
{"method":"GET","path":"/a","status":200.5}
{"method":"GET","path":"/a","status":99}
{"method":"GET","path":"/a","status":600}
{"method":"GET","path":"/a","status":100}
{"method":"GET","path":"/a","status":599}
LINES
summary log
gives .requests 2
gives .skipped 10
gives .statuses '{"1xx":1,"5xx":1}'
