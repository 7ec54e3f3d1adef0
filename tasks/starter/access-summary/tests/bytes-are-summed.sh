. "$(dirname "$0")/setup.bash"
cat >log <<'LINES'
{"method":"GET","path":"/a","status":200,"bytes":100}
{"method":"GET","path":"/a","status":200}
{"method":"GET","path":"/a","status":200,"bytes":"50"}
{"method":"GET","path":"/a","status":200,"bytes":-7}
{"method":"GET","path":"/b","status":200,"bytes":0}
{"method":"GET","path":"/b","status":200,"bytes":23}
not json
LINES
summary log
gives .bytes 123
gives .requests 6
