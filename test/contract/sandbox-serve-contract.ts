import { createHash, randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Sandbox } from "../../src/core/sandbox.ts";
import { exited, ownSandbox, run, type SandboxAdapter, succeed } from "./sandbox-fixture.ts";

const PORT = 8719;
/** Of a megabyte, in each direction. */
const BLOCKS = 30;

/** Answers HTTP inside a sandbox with Node's own server; returns how many connections came. */
async function serveHttp(sandbox: Sandbox, answer: RequestListener): Promise<() => number> {
  const server = createServer(answer);
  let connections = 0;
  await sandbox.serve(PORT, (connection) => {
    connections += 1;
    server.emit("connection", connection as Duplex);
  });
  return () => connections;
}

const python = (program: string): readonly string[] => [
  "python3",
  "-c",
  `import http.client, socket, sys, threading, hashlib, time\n${program}`,
];

const REQUEST = `
def ask(method, path, body=None, port=${PORT}):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read()
`;

/** What a sandbox of any kind must do with connections to the port that it serves. */
export function serveContract(adapter: SandboxAdapter): void {
  test("a program inside talks HTTP with the host over loopback, by number and by name, and with nobody else", async () => {
    await using sandbox = await ownSandbox(adapter);
    await serveHttp(sandbox, (request, response) => response.end(`${request.method} ${request.url}`));

    const inNode = `fetch("http://localhost:${PORT}/b", { method: "POST" }).then((a) => a.text()).then(console.log)
      .then(() => fetch("http://127.0.0.1:${PORT + 1}")).catch((error) => console.log(error.cause.code))`;
    const said =
      (await succeed(sandbox, python(`${REQUEST}print(ask("GET", "/a")[1].decode())`))) + (await succeed(sandbox, ["node", "-e", inNode]));

    expect(said).toBe("GET /a\nPOST /b\nECONNREFUSED\n");
  });

  test("megabytes go in and come out unchanged, while other operations take their turn", async () => {
    await using sandbox = await ownSandbox(adapter, { tmpMb: 256 });
    const block = randomBytes(1 << 20);
    const whole = createHash("sha256");
    for (let n = 0; n < BLOCKS; n++) whole.update(block);
    await serveHttp(sandbox, (request, response) => {
      const hash = createHash("sha256");
      request.on("data", (bytes: Buffer) => hash.update(bytes));
      request.on("end", () => {
        response.write(`${hash.digest("hex")}\n`);
        let sent = 0;
        const more = (): void => {
          while (sent < BLOCKS) {
            sent += 1;
            if (!response.write(block)) return void response.once("drain", more);
          }
          response.end();
        };
        more();
      });
    });
    const program = `${REQUEST}
def blocks():
    with open("/tmp/block", "rb") as f: block = f.read()
    for _ in range(${BLOCKS}): yield block
status, said = ask("POST", "/", blocks())
print(said[:64].decode(), hashlib.sha256(said[65:]).hexdigest(), len(said))`;
    await sandbox.putFiles("/tmp", [{ path: "block", bytes: block, executable: false }]);

    let isOver = false;
    const talk = run(sandbox, python(program), { timeoutMs: 120_000 }).finally(() => (isOver = true));
    let others = 0;
    while (!isOver) {
      await sandbox.readFile({ path: "block", root: "/tmp" }, 1 << 21);
      others += 1;
      await pause(20);
    }
    const { exit, text } = await talk;

    const digest = whole.digest("hex");
    expect([exit, text]).toEqual([exited(0), `${digest} ${digest} ${65 + BLOCKS * (1 << 20)}\n`]);
    expect(others).toBeGreaterThan(3);
  });

  test("a thousand connections are answered, of which no more than the bound are open at once", async () => {
    await using sandbox = await ownSandbox(adapter);
    let open = 0;
    let most = 0;
    const connections = await serveHttp(sandbox, async (_request, response) => {
      open += 1;
      most = Math.max(most, open);
      await pause(5);
      response.end("yes");
      open -= 1;
    });
    const program = `${REQUEST}
answers = []
def some():
    for _ in range(20): answers.append(ask("GET", "/"))
threads = [threading.Thread(target=some) for _ in range(50)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(answers), set(answers))`;

    const said = await succeed(sandbox, python(program), { timeoutMs: 120_000 });

    expect(said).toBe("1000 {(200, b'yes')}\n");
    expect(connections()).toBe(1000);
    expect(most).toBeLessThanOrEqual(128);
  });

  test("who opens connections without end and says nothing on them holds up neither others nor the sandbox", async () => {
    await using sandbox = await ownSandbox(adapter);
    const connections = await serveHttp(sandbox, (_request, response) => response.end("yes"));
    const flood = `
kept = []
try:
    for _ in range(1000):
        one = socket.create_connection(("127.0.0.1", ${PORT}), timeout=0.2)
        kept.append(one)
except OSError as error:
    print(type(error).__name__)
print(len(kept) < 1000)
for one in kept: one.close()
time.sleep(0.3)
${REQUEST}
print(ask("GET", "/"))`;

    const { text } = await run(sandbox, python(flood), { timeoutMs: 60_000 });

    expect(text).toMatch(/True\n\(200, b'yes'\)\n$/);
    expect(connections()).toBeGreaterThan(100);
    expect(await succeed(sandbox, "echo alive")).toBe("alive\n");
  });

  test("a program that does not read holds up what the host writes to it, and nothing else", async () => {
    await using sandbox = await ownSandbox(adapter);
    let written = 0;
    let isHeldUp = false;
    await sandbox.serve(PORT, (connection) => {
      const more = (): void => {
        while (written < 1 << 30) {
          written += 1 << 16;
          if (!connection.write(Buffer.alloc(1 << 16))) {
            isHeldUp = true;
            return void connection.once("drain", more);
          }
        }
      };
      more();
    });

    const said = await succeed(
      sandbox,
      python(`
lazy = socket.create_connection(("127.0.0.1", ${PORT}))
time.sleep(1)
print(len(lazy.recv(65536, socket.MSG_WAITALL)))`),
    );

    expect([said, isHeldUp]).toEqual(["65536\n", true]);
    expect(written).toBeLessThan(64 << 20);
  });

  test("either side may end its direction first, and a program that dies breaks only its own connection", async () => {
    await using sandbox = await ownSandbox(adapter);
    const heard: string[] = [];
    await sandbox.serve(PORT, (connection) => {
      let text = "";
      connection.on("data", (bytes: Buffer) => (text += bytes.toString()));
      connection.on("end", () => {
        heard.push(text);
        connection.end(`heard ${text}`);
      });
    });
    const program = `
def half(word):
    one = socket.create_connection(("127.0.0.1", ${PORT}))
    one.sendall(word)
    one.shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: one.recv(100), b""))
print(half(b"first"))
torn = socket.create_connection(("127.0.0.1", ${PORT}))
torn.sendall(b"torn")
torn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\x01\\0\\0\\0\\0\\0\\0\\0")
torn.close()
print(half(b"second"))`;

    expect(await succeed(sandbox, python(program))).toBe("b'heard first'\nb'heard second'\n");
    expect(heard).toEqual(["first", "second"]);
  });

  test("closing the sandbox ends the connections of the host", async () => {
    const sandbox = await ownSandbox(adapter);
    const closed = new Promise<void>((resolve) => {
      const opened = sandbox.serve(PORT, (connection) => {
        connection.on("close", () => resolve());
        connection.resume();
        void sandbox.close();
      });
      const program = `one = socket.create_connection(("127.0.0.1", ${PORT})); time.sleep(60)`;
      void opened.then(() => run(sandbox, python(program))).catch(() => {});
    });

    await closed;
    await sandbox.close();
  });

  test("a port that is taken inside is told", async () => {
    await using sandbox = await ownSandbox(adapter);
    const taken = "until (exec 3<>/dev/tcp/127.0.0.1/8720) 2>/dev/null; do sleep 0.1; done";
    await succeed(sandbox, `nohup python3 -m http.server --bind 127.0.0.1 8720 >/dev/null 2>&1 & ${taken}`, { timeoutMs: 60_000 });

    await expect(sandbox.serve(8720, () => {})).rejects.toThrow(/Cannot serve port 8720 inside the sandbox: Address already in use/);
  });
}
