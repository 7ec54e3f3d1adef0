// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of bash.
import type { Texts } from "../grade/small-task.ts";

/** The programs of one honest solution, which all scripts try. */
export const PROGRAMS: Texts = {
  "total.py": `import os, sys
words = [word for word in sys.argv[1:] if word != "-"]
if "-" in sys.argv: words += sys.stdin.read().split()
if not words: sys.exit("no numbers")
os.makedirs(os.path.expanduser("~/.cache/total"), exist_ok=True)
print(sum(int(word) for word in words))
`,
  "show.py": "import json, sys\nprint(json.dumps(sys.argv[1:], ensure_ascii=False))\n",
  "tool.sh": '#!/bin/bash\nset -u\necho "tool $# $*"\n',
  "lib/part.sh": "part() { echo part; }\n",
  "main.sh": '. "$(dirname "$0")/lib/part.sh"\npart\n',
  "tool.js": 'const fs = require("node:fs");\nfs.writeFileSync(process.argv[2], fs.readFileSync(0, "utf8").toUpperCase());\n',
  "serve.py": `import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"served")
    def log_message(self, *words): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
`,
  "ask.py": "while True:\n    try: line = input()\n    except EOFError: break\n    print(line[::-1], flush=True)\n",
};

// Scripts as their authors write them. Those whose title says so fail, for a reason of their own.
const BASH: Texts = {
  "has no first line": 'test "$($SOLUTION python3 total.py 1 2)" = 3\n',
  "names bash in its first line": "#!/bin/bash\n[[ $($SOLUTION python3 total.py 1 2) == 3 ]]\n",
  "is written for sh": '#!/bin/sh\n[ "$("$SOLUTION" python3 total.py 1 2)" -eq 3 ]\n',
  "stops at the first failure": 'set -euo pipefail\ntrap "true" EXIT\nout=$($SOLUTION python3 total.py 4)\n[ "$out" = 4 ]\n',
  "gives text by a here document": '[ "$($SOLUTION python3 total.py - <<END\n1 2\n3\nEND\n)" = 6 ]\n',
  "gives text by a pipe": '[ "$(seq 100 | $SOLUTION python3 total.py -)" = 5050 ]\n',
  "looks at standard error": 'err=$($SOLUTION python3 total.py 2>&1 >/dev/null) && exit 1\n[ "$err" = "no numbers" ]\n',
  "looks at the exit status": '$SOLUTION bash -c "exit 7"; [ $? = 7 ]\n',
  "looks at the status of a program ended by a signal": "$SOLUTION sh -c 'kill -TERM $$'; [ $? = 143 ]\n",
  "gives arguments with spaces, quotes, globs and line ends": `out=$($SOLUTION python3 show.py 'a  b' '' '*' '"' $'x\\ny' "it's" '$HOME')\n[ "$out" = '["a  b", "", "*", "\\\\"", "x\\\\ny", "it'"'"'s", "$HOME"]' ] || [ "$out" = "[\\"a  b\\", \\"\\", \\"*\\", \\"\\\\\\"\\", \\"x\\\\ny\\", \\"it's\\", \\"\\$HOME\\"]" ]\n`,
  "gives letters of all kinds": `[ "$($SOLUTION python3 show.py 'größe ☀')" = '["größe ☀"]' ]\n`,
  "sets a variable for one call": '[ "$(WORD=yes $SOLUTION printenv WORD)" = yes ]\n',
  "exports a variable": 'export WORD="two words"\n[ "$($SOLUTION printenv WORD)" = "two words" ]\n',
  "names a locale that is not there": '[ "$(LC_ALL=xx_YY.UTF-8 env "$SOLUTION" sh -c "echo \\$LC_ALL" 2>&1)" = xx_YY.UTF-8 ]\n',
  "sets variables that Perl would obey":
    '[ "$(PERL5OPT=-Mnothing PERL_UNICODE=SDA PERL5LIB=. PERLIO=:utf8 $SOLUTION python3 show.py "größe" 2>&1)" = \'["größe"]\' ]\nout=$(PERL5OPT=-w PERLIO=:crlf $SOLUTION printenv PERL5OPT PERLIO 2>&1)\n[ "$out" = "-w\n:crlf" ] || [ "$out" = "$(printf -- "-w\\n:crlf")" ]\n',
  "runs a program with no variables at all": '[ "$(env -i "$SOLUTION" /bin/echo yes)" = yes ]\n',
  "shares files in $SHARED":
    'echo hello > "$SHARED/in.txt"\n$SOLUTION node tool.js "$SHARED/out.txt" < "$SHARED/in.txt"\n[ "$(cat "$SHARED/out.txt")" = HELLO ]\n',
  "works in a folder of its own":
    'cd "$SHARED" && mkdir -p own && cd own && printf "7 8" > n\n[ "$($SOLUTION bash -c "python3 /workspace/total.py - < n")" = 15 ]\n',
  "makes a temporary folder":
    'dir=$(mktemp -d "$SHARED/XXXXXX")\ntrap \'rm -rf "$dir"\' EXIT\necho x | $SOLUTION node tool.js "$dir/out"\n[ "$(cat "$dir/out")" = X ]\n',
  "reads a data file beside it": '[ "$($SOLUTION python3 total.py $(cat "$(dirname "$0")/data/numbers.txt"))" = 15 ]\n',
  "gives a data file beside it by redirection": '[ "$($SOLUTION python3 total.py - < "$(dirname "$0")/data/numbers.txt")" = 15 ]\n',
  "sources a helper beside it": '. "$(dirname "$0")/data/helper.bash"\nis 3 "$($SOLUTION python3 total.py 1 2)"\n',
  "joins two programs by a pipe": '[ "$($SOLUTION python3 total.py 3 4 | $SOLUTION python3 total.py -)" = 7 ]\n',
  "reads only the first line of much": '[ "$($SOLUTION yes line | head -1)" = line ]\n',
  "reads five megabytes": '[ "$($SOLUTION head -c 5000000 /dev/zero | wc -c)" = 5000000 ]\n',
  "reads bytes that are no text": "[ \"$(printf '\\000\\377' | $SOLUTION cat | od -An -tx1 | tr -d ' \\n')\" = 00ff ]\n",
  "compares by process substitution": "diff <($SOLUTION python3 total.py 1 2) <(echo 3)\n",
  "limits the time of a program": "timeout 1 $SOLUTION sleep 20; [ $? = 124 ]\n",
  "calls by xargs": '[ "$(printf "1\\n2\\n" | xargs -n1 "$SOLUTION" python3 total.py | tr "\\n" " ")" = "1 2 " ]\n',
  "calls by find":
    'cd "$SHARED" && touch five\nfind "$SHARED" -name five -exec "$SOLUTION" python3 /workspace/show.py {} \\; | grep -q five\n',
  "calls a program of the workspace directly": 'test "$(python3 total.py 1 2)" = 3\n',
  "calls by the whole path": 'test "$(bash /workspace/tool.sh a b)" = "tool 2 a b"\ntest "$(python3 /workspace/total.py 5)" = 5\n',
  "calls a script that sources another": 'test "$($SOLUTION bash main.sh)" = part\n',
  "talks with a server of the solution": `exec 3< <($SOLUTION python3 serve.py)
read -r port <&3
python3 -c 'import sys, urllib.request as net; sys.exit(net.urlopen("http://127.0.0.1:" + sys.argv[1]).read() != b"served")' "$port"
`,
  "talks back and forth": `coproc ASK { $SOLUTION python3 ask.py; }\necho abc >&"\${ASK[1]}"\nread -r said <&"\${ASK[0]}"\n[ "$said" = cba ]\n`,
  "enters the workspace before it runs a program":
    'cd /workspace && [ "$(python3 total.py 1 2)" = 3 ] && [ "$($SOLUTION python3 total.py 4)" = 4 ]\n',
  "gives a temporary file by name": 'file=$(mktemp)\necho data > "$file"\n[ "$($SOLUTION cat "$file")" = data ]\n',
  "names a file to be made in a temporary folder":
    'dir=$(mktemp -d)\ntrap \'rm -rf "$dir"\' EXIT\necho x | $SOLUTION node tool.js "$dir/the out" && [ "$(cat "$dir/the out")" = X ]\n',
  "works in a temporary folder": 'cd "$(mktemp -d)" && echo y | $SOLUTION node /workspace/tool.js out && [ "$(cat out)" = Y ]\n',
  "names a temporary file in a variable": 'export CONFIG=$(mktemp)\necho v > "$CONFIG"\n[ "$($SOLUTION bash -c \'cat "$CONFIG"\')" = v ]\n',
  "leaves a process behind": "$SOLUTION sleep 1000 &\ntrue\n",
  "uses tools of its own": `printf '{"a": [1, 2]}' | jq -e '.a | length == 2' > /dev/null\npython3 -c 'import json, sys; sys.exit(json.loads("3") != 3)'\n`,
  "redirects a descriptor of its own":
    'exec 5> "$SHARED/five.txt"\n$SOLUTION bash -c "echo in >&1" >&5\nexec 5>&-\n[ "$(cat "$SHARED/five.txt")" = in ]\n',
  "asks for its own folders": '[ -d "$TESTS" ] && [ -d "$SHARED" ] && [ "$PWD" = /workspace ]\n',
  "gives options to bash in its first line":
    '#!/usr/bin/env -S bash -eu -o pipefail\n[ "$($SOLUTION python3 total.py 1 2)" = 3 ]\n! (set +e; echo $nothing) 2> /dev/null\n',
  "joins a program by a named pipe":
    'mkfifo "$SHARED/pipe"\n$SOLUTION bash -c \'cat > "$1"\' bash "$SHARED/pipe" <<< "1 2 3" &\n[ "$($SOLUTION python3 total.py - < "$SHARED/pipe")" = 6 ] && wait\n',
  "ends a program that it started in the background": "$SOLUTION sleep 100 &\nkill $!\nwait $!\n[ $? = 143 ]\n",
  "waits for many programs at once":
    'for n in 1 2 3 4 5 6; do $SOLUTION bash -c "exit $n" & pids+=($!); done\nsum=0\nfor pid in "${pids[@]}"; do wait "$pid"; sum=$((sum + $?)); done\n[ $sum = 21 ]\n',
  "keeps the call in an array":
    'call=("$SOLUTION" python3 total.py)\ndeclare -A wanted=([1]=1 ["2 3"]=5)\nfor given in "${!wanted[@]}"; do [ "$("${call[@]}" $given)" = "${wanted[$given]}" ] || exit 1; done\n',
  "becomes the program": 'exec $SOLUTION bash -c "exit 0"\nexit 1\n',
  "fails by the program that it becomes": 'exec $SOLUTION bash -c "exit 4"\nexit 0\n',
  "gives a line by a here string, and no input at all":
    '[ "$($SOLUTION python3 total.py - <<< "4 5")" = 9 ]\n[ "$($SOLUTION bash -c "cat | wc -c" < /dev/null)" = 0 ]\n',
  "looks at the rights of a file that a program made":
    'cd "$SHARED"\n$SOLUTION bash -c "umask 027; echo x > made; chmod u+x made"\n[ "$(stat -c %a made)" = 740 ]\n',
  "limits what a program may use":
    '[ "$(ulimit -n 64; $SOLUTION bash -c "ulimit -n")" = 64 ]\n(ulimit -v 200000; $SOLUTION python3 -c "bytes(1 << 29)") 2> "$SHARED/said" && exit 1\ngrep -q MemoryError "$SHARED/said" && $SOLUTION python3 -c "bytes(1 << 28)"\n',
  "has a program write to a full device":
    '$SOLUTION bash -c "echo x" > /dev/full 2> "$SHARED/said" && exit 1\ngrep -q "No space" "$SHARED/said"\n',
  "asks whether there is a terminal": '$SOLUTION test -t 1 && exit 1\n$SOLUTION python3 -c "import sys; sys.exit(sys.stdin.isatty())"\n',
  "ends early and well": "exit 0\nfalse\n",
  "fails by its last command": '[ "$($SOLUTION python3 total.py 1 2)" = 4 ]\n',
  "fails by an early end": "exit 3\ntrue\n",
  "fails by a program that is not there": "$SOLUTION /workspace/nothing-here\n",
  "fails under set -e": "set -e\nfalse\ntrue\n",
  "fails by a signal to itself": "kill -KILL $$\n",
  "fails by a fault of syntax": 'if then "\n',
};

const OTHERS: Texts = {
  "is-python.py": `#!/usr/bin/env python3
import os, subprocess
done = subprocess.run([os.environ["SOLUTION"], "python3", "total.py", "2", "3"], capture_output=True, text=True)
assert (done.returncode, done.stdout, done.stderr) == (0, "5\\n", ""), done
`,
  "is-python-and-fails.py": "#!/usr/bin/env python3\nassert False\n",
  "has-no-first-line.py": `import os, subprocess, tempfile
with tempfile.NamedTemporaryFile("w", dir=os.environ["SHARED"]) as file:
    file.write("6"); file.flush()
    assert subprocess.check_output([os.environ["SOLUTION"], "cat", file.name]) == b"6"
`,
  "is-node.mjs": `#!/usr/bin/env node
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
assert.equal(execFileSync(process.env.SOLUTION, ["python3", "total.py", "2", "3"], { encoding: "utf8" }), "5\\n");
`,
};

/** Honest scripts by file name, in the order they run in. */
export const SCRIPTS: Texts = {
  ...Object.fromEntries(Object.entries(BASH).map(([title, text]) => [`${title.replaceAll(/[^a-z0-9]+/gi, "-")}.sh`, text])),
  ...OTHERS,
};

/** What lies beside them. */
export const SCRIPT_DATA: Texts = {
  "data/numbers.txt": "4 5 6\n",
  "data/helper.bash": 'is() { [ "$1" = "$2" ] || { echo "expected $1, found $2" >&2; exit 1; }; }\n',
};
