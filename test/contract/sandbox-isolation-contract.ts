import { expect, test } from "vitest";
import { ownSandbox, run, type SandboxAdapter, sharedSandbox, succeed } from "./sandbox-fixture.ts";

const connect = `
import socket
for address in ("1.1.1.1", "172.17.0.1", "169.254.169.254"):
    try:
        socket.create_connection((address, 80), 2)
        print("connected", address)
    except OSError as error:
        print(type(error).__name__, error.errno)`;

/** Serves on `localhost` and looks it up in Python, Node and bash, by either kind of address. */
export const TALK_TO_LOCALHOST = `
python3 -m http.server 8123 --bind localhost > /dev/null 2>&1 &
for _ in $(seq 100); do (exec 3<> /dev/tcp/127.0.0.1/8123) 2> /dev/null && break; sleep 0.1; done
python3 -c 'from urllib.request import urlopen; print("python", urlopen("http://localhost:8123/").status)'
node -e 'fetch("http://localhost:8123/").then((answer) => console.log("node", answer.status))'
exec 3<> /dev/tcp/localhost/8123 && echo bash open
kill %1
python3 -c 'import socket; print("own name", socket.gethostbyname(socket.gethostname()).startswith("127."))'
python3 -c 'import socket; print(sorted({a[4][0] for a in socket.getaddrinfo("localhost", 80)}))'
node -e 'const s = require("net").createServer((c) => c.end()).listen(8124, "::1", () => fetch("http://[::1]:8124").catch(() => {}).then(() => {
  require("net").connect({ host: "localhost", port: 8124, autoSelectFamily: true }).on("connect", () => { console.log("node on ::1"); process.exit() })
}))'`;

/** What it prints. */
export const LOCALHOST_ANSWERS = ["python 200", "node 200", "bash open", "own name True", "['127.0.0.1', '::1']", "node on ::1"];

export function isolationContract(adapter: SandboxAdapter): void {
  const sandbox = sharedSandbox(adapter);

  test("there is no network but the sandbox's own", async () => {
    expect(await succeed(sandbox(), "ls /sys/class/net 2>/dev/null || tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).toBe("lo\n");
    expect(await succeed(sandbox(), ["python3", "-c", connect])).toBe("OSError 101\n".repeat(3));
  });

  test("localhost leads to the machine itself, in Python, Node and bash, by either kind of address", async () => {
    await using own = await ownSandbox(adapter);
    const { exit, text } = await run(own, ["bash", "-c", TALK_TO_LOCALHOST], { timeoutMs: 120_000 });

    expect(text.trim().split("\n")).toEqual(LOCALHOST_ANSWERS);
    expect(exit).toEqual({ kind: "exited", code: 0 });
  });

  test("no other name has an address, and that is known at once", async () => {
    const { text } = await run(
      sandbox(),
      [
        "python3",
        "-c",
        "import socket\ntry: print(socket.getaddrinfo('example.org', 80))\nexcept OSError as error: print(type(error).__name__)",
      ],
      { timeoutMs: 10_000 },
    );

    expect(text).toBe("gaierror\n");
  });

  test("git knows who commits, unless the repository says otherwise", async () => {
    await using own = await ownSandbox(adapter);
    const commit = "git commit -q --allow-empty -m x && git log -1 --format='%an <%ae> %D'";

    expect(await succeed(own, `git init -q . && ${commit}`)).toBe("Developer <developer@localhost> HEAD -> main\n");
    expect(await succeed(own, `git config user.name Ada && ${commit}`)).toBe("Ada <developer@localhost> HEAD -> main\n");
  });

  test("the environment has what a program needs and no variable of the host", async () => {
    const names = (await succeed(sandbox(), "env")).split("\n").map((line) => line.split("=")[0]);

    const known = [
      "CI",
      "HOME",
      "HOSTNAME",
      "LANG",
      "LESS",
      "MANPAGER",
      "PAGER",
      "PATH",
      "PIP_PROGRESS_BAR",
      "PWD",
      "SHLVL",
      "TERM",
      "TQDM_DISABLE",
      "_",
      "",
    ];
    expect(names.filter((name) => !known.includes(name ?? ""))).toEqual([]);
    expect(await succeed(sandbox(), "echo $HOME $LANG $PAGER; hostname")).toBe("/tmp C.UTF-8 cat\nsandbox\n");
  });

  test("the agent is a user without privileges and cannot gain any", async () => {
    const status = await succeed(
      sandbox(),
      "id -u; id -g; grep -E 'Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp:' /proc/self/status | tr -s '\\t' ' '",
    );

    const none = "0000000000000000";
    expect(status).toBe(`1000\n1000\nCapPrm: ${none}\nCapEff: ${none}\nCapBnd: ${none}\nCapAmb: ${none}\nNoNewPrivs: 1\nSeccomp: 2\n`);
    expect((await run(sandbox(), "unshare -Ur true")).exit).not.toEqual({ kind: "exited", code: 0 });
    expect((await run(sandbox(), "mount -t tmpfs none /tmp")).exit).not.toEqual({ kind: "exited", code: 0 });
  });

  test.for(["/", "/etc", "/usr/bin", "/usr/local/bin", "/opt/bench", "/var", "/root", "/home", "/run", "/sys/fs/cgroup"])(
    "nothing can be written to %s",
    async (folder) => {
      expect((await run(sandbox(), `touch ${folder}/x`)).exit).toEqual({ kind: "exited", code: 1 });
    },
  );

  test("programs in the workspace and in /tmp can run, without the privileges of their owner", async () => {
    for (const folder of ["/workspace", "/tmp"]) {
      expect(await succeed(sandbox(), `cd ${folder}; printf '#!/bin/sh\\necho ran' > p; chmod +x p; ./p`)).toBe("ran\n");
      expect(await succeed(sandbox(), `findmnt -no OPTIONS ${folder}`)).toMatch(/nosuid,nodev/);
    }
  });

  test("the limits hold", async () => {
    await using own = await ownSandbox(adapter, { workspaceMb: 16, tmpMb: 8, pids: 20 });

    expect(await succeed(own, "df -m --output=size /workspace /tmp | tail -n 2 | tr -d ' '")).toBe("16\n8\n");
    const { text } = await run(own, "for i in $(seq 40); do sleep 30 & done; wait", { timeoutMs: 1500 });
    expect(text).toMatch(/Resource temporarily unavailable/);
  });

  test("two sandboxes share nothing", async () => {
    await using other = await ownSandbox(adapter);
    await succeed(sandbox(), "echo secret > /tmp/shared; echo secret > shared; echo secret > /dev/shm/shared || true");

    expect((await run(other, "cat /tmp/shared shared /dev/shm/shared")).text).not.toMatch(/^secret/m);
    expect(await succeed(other, "ps -e --no-headers | wc -l")).toMatch(/^[1-5]\n$/);
  });

  test("the tools that agents expect are there", async () => {
    const tools = "bash git rg python3 pytest node sqlite3 jq make patch diff file less tree zip unzip xz ps sed awk find tar gzip";

    expect(
      (
        await run(
          sandbox(),
          `for t in ${tools}; do command -v $t >/dev/null || python3 -c "import $t" 2>/dev/null || echo missing: $t; done`,
        )
      ).text,
    ).toBe("");
    expect(await succeed(sandbox(), "node --version")).toMatch(/^v24\./);
  });
}
