import { describe, test } from "vitest";
import { APART, SANDBOX_KIND } from "../small-task.ts";
import { bash, scriptOutput, supervise } from "./supervise.ts";

const ECHO = "import os, sys\nprint(sys.argv[1:], os.getcwd(), sys.stdin.read().strip())\nsys.stderr.write('err\\n')\nsys.exit(7)\n";

describe.concurrent("$SOLUTION", () => {
  test("passes arguments, standard streams, the working folder and the exit status on", async ({ expect }) => {
    const said = await scriptOutput(
      "echo in | $SOLUTION python3 echo.py 'a b' '' $'\\xff' > \"$SHARED/out\" 2> /tmp/err; echo $?; cat \"$SHARED/out\" /tmp/err; $SOLUTION pwd; cd \"$TESTS\" && $SOLUTION pwd",
      { workspace: { "echo.py": ECHO }, tests: { "sub/x": "" } },
    );

    expect(said).toBe("7\n['a b', '', '\\udcff'] /workspace in\nerr\n/workspace\n/workspace\n");
  });

  test("tells the end by a signal as shells do, and what cannot be run", async ({ expect }) => {
    const said = await scriptOutput(
      "$SOLUTION bash -c 'kill -SEGV $$'; echo $?; $SOLUTION nothing-such; echo $?; $SOLUTION ./plain; echo $?; $SOLUTION /workspace; echo $?; $SOLUTION ./text.sh; echo $?",
      { workspace: { plain: "echo no\n", "text.sh": "echo yes\n" } },
    );

    expect(said.replace(/.*: (command not found|Permission denied)\n/gu, "")).toBe("139\n127\n126\n126\nyes\n0\n");
  });

  test("runs the program as another user with folders of its own, and with the script's variables but those of the tests", async ({
    expect,
  }) => {
    const said = await scriptOutput(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variables
      "export MINE=1; $SOLUTION bash -c 'id -u; id -G; echo $HOME $TMPDIR $MINE; echo ${SOLUTION-none} ${TESTS-none}; echo $PATH; umask'; id -u; HOME=/tmp/shared/own $SOLUTION bash -c 'echo $HOME'",
    );

    expect(said).toBe(
      `1000\n1000\n/tmp/solution/home /tmp/solution/tmp 1\nnone none\n/usr/local/bin:/usr/bin:/bin\n0002\n${APART.judge}\n/tmp/shared/own\n`,
    );
  });

  test("serves many programs at once, and one that serves others", async ({ expect }) => {
    const server =
      "import http.server\nclass H(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200); self.end_headers(); self.wfile.write(b'hi')\n    def log_message(self, *a): pass\nhttp.server.HTTPServer(('127.0.0.1', 8123), H).serve_forever()\n";
    const said = await scriptOutput(
      '$SOLUTION python3 server.py & for i in $(seq 20); do $SOLUTION bash -c "sleep 0.2; echo $i" & done; for i in $(seq 100); do python3 -c \'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8123").read())\' 2>/dev/null && break; sleep 0.1; done; kill %1; wait %1; echo $?; wait',
      { workspace: { "server.py": server } },
    );

    const lines = said.trim().split("\n");
    expect(lines.filter((line) => /^\d+$/.test(line) && Number(line) <= 20)).toHaveLength(20);
    expect(lines).toContain("b'hi'");
    expect(lines).toContain("143");
  });

  test("ends the program when its caller is killed, and passes gentler signals on", async ({ expect }) => {
    const said = await scriptOutput(
      "timeout -s KILL 1 $SOLUTION bash -c 'sleep 100'; echo $?; $SOLUTION pgrep -cx sleep; timeout 1 $SOLUTION bash -c 'trap \"echo stopped; exit 3\" TERM; sleep 100 & wait'; echo $?",
    );

    // timeout sends its signal to the program and to its group, which may arrive as two.
    expect(said.replace(/.*Killed.*\n/u, "")).toMatch(/^137\n0\n(?:stopped\n)+124\n$/u);
  });

  test("leaves the reader of a pipe alone when the program has ended, and ends a writer that nobody reads", async ({ expect }) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
    expect(await scriptOutput("$SOLUTION yes | head -2; echo ${PIPESTATUS[0]}")).toBe("y\ny\n141\n");
  });

  // gVisor does not let the rights of a pipe be changed.
  test.skipIf(SANDBOX_KIND === "runsc")("lets the program open its streams by name", async ({ expect }) => {
    const script =
      "echo in | $SOLUTION bash -c 'cat /dev/stdin > /dev/stdout; echo err > /dev/stderr' 2>&1 | cat; $SOLUTION bash -c 'echo direct > /dev/stderr'; $SOLUTION bash -c 'echo file > /dev/stdout' > \"$SHARED/f\"; cat \"$SHARED/f\"";

    expect(await scriptOutput(script)).toBe("in\nerr\ndirect\nfile\n");
  });

  test("gives the program no descriptors but its three streams", async ({ expect }) => {
    const said = await scriptOutput(
      "exec 7</etc/passwd; $SOLUTION python3 -c 'import os; print(sorted(map(int, os.listdir(\"/proc/self/fd\"))))'",
    );

    expect(said).toBe("[0, 1, 2, 3]\n");
  });

  test("works with closed streams", async ({ expect }) => {
    expect(await scriptOutput("$SOLUTION true <&- >&- 2>&-; echo $?; $SOLUTION echo hi <&-")).toBe("0\nhi\n");
  });
});

describe.concurrent("a script", () => {
  test("runs programs of the workspace as the solution when it calls their interpreter, and everything else as itself", async ({
    expect,
  }) => {
    const who = { "who.py": "import os\nprint(os.getuid())\n", "who.mjs": "console.log(process.getuid())\n", "who.sh": "id -u\n" };
    const said = await scriptOutput(
      'python3 who.py; python -u ./who.py x; node who.mjs; bash -e who.sh; sh /workspace/who.sh; python3 -m who; python3 -c "import os; print(os.getuid())"; python3 "$TESTS/own.py"; echo "id -u" | bash; python3 -m json.tool <<< "[1]" | tr -d " \\n"; echo; cd /; python3 workspace/who.py; cd "$TESTS"; python3 who.py; python3 own.py; node -e "console.log(process.getuid())"',
      { workspace: { ...who, "json.py": "print('mine')\n" }, tests: { "own.py": "import os\nprint(os.getuid())\n" } },
    );

    const judge = String(APART.judge);
    expect(said.trim().split("\n")).toEqual([
      "1000",
      "1000",
      "1000",
      "1000",
      "1000",
      "1000",
      judge,
      judge,
      judge,
      "[1]",
      "1000",
      "1000",
      judge,
      judge,
    ]);
  });

  test("can make a temporary folder that the solution works in", async ({ expect }) => {
    expect(
      await scriptOutput(
        'd=$(mktemp -d -p "$SHARED"); echo 1 > "$d/in"; $SOLUTION bash -c "cat $d/in > $d/out; rm $d/in"; ls "$d"; f=$(mktemp -p "$SHARED"); $SOLUTION cp /etc/hostname "$f"; wc -c < "$f"',
      ),
    ).toMatch(/^out\n[1-9]\d*\n$/u);
  });

  test("cannot read, run or list the workspace itself", async ({ expect }) => {
    const said = await scriptOutput("cat a.sh; . ./a.sh; ./a.sh; ls; ls /workspace; pwd", {
      workspace: { "a.sh": "echo reached\n" },
    });

    expect(said).not.toContain("reached");
    expect(said.match(/Permission denied/gu)).toHaveLength(5);
    expect(said).toMatch(/\n\/workspace\n$/u);
  });

  test("may leave programs of the solution running, but none lives into the next step", async ({ expect }) => {
    const report = await supervise({
      steps: [
        bash("$SOLUTION bash -c 'setsid sleep 1000 & disown'; $SOLUTION pgrep -cx sleep; sleep 2000 & "),
        bash("$SOLUTION pgrep -cx sleep; pgrep -cx sleep"),
      ],
    });

    expect(report?.steps.map((step) => step.log)).toEqual(["1\n", "0\n0\n"]);
  });
});
