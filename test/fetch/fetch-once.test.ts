import type { LookupAddress } from "node:dns";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openFetch, type Resolve } from "../../src/fetch/fetch-once.ts";
import { webServer } from "./web-server.ts";

const QUICK = { totalMs: 3000, betweenTriesMs: 10 };
const PRIVATE = { mayBePrivate: true, signal: new AbortController().signal };
const PUBLIC = { ...PRIVATE, mayBePrivate: false };

/** Gives every name these addresses, as a stranger's DNS can; with several lists, one after the other. */
function resolver(...lists: readonly (readonly string[])[]): Resolve {
  let asked = 0;
  const resolve = (_host: string, options: { readonly all?: boolean }, callback: (...given: unknown[]) => void): void => {
    const list = lists[Math.min(asked, lists.length - 1)] ?? [];
    asked += 1;
    const found = list.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }));
    setImmediate(() => (options.all === true ? callback(null, found) : callback(null, found[0]?.address, found[0]?.family)));
  };
  return resolve as unknown as Resolve;
}

const loopback = resolver(["127.0.0.1"]);

test("a page is read as text, without cookies, credentials or a referrer", async () => {
  const server = await webServer((_, response) =>
    response.setHeader("set-cookie", "a=b").setHeader("content-type", "text/plain").end("hello\r\nyou"),
  );

  const fetchOnce = openFetch(loopback, QUICK);
  for (const address of [`http://docs.test:${server.port}/x?y=z`, `${server.origin}/x?y=z`]) {
    expect(await fetchOnce(new URL(address), PRIVATE)).toEqual({
      kind: "page",
      status: 200,
      contentType: "text/plain",
      text: "hello\nyou",
      isCut: false,
    });
  }
  for (const { headers, method, url } of server.requests) {
    expect([method, url]).toEqual(["GET", "/x?y=z"]);
    expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
  }
});

test("an error of the server is a page with its status, after other tries where those could help", async () => {
  const server = await webServer(({ url }, response) => response.writeHead(url === "/gone" ? 404 : 503).end("sorry"));

  const fetchOnce = openFetch(loopback, QUICK);
  expect(await fetchOnce(new URL(`${server.origin}/gone`), PRIVATE)).toMatchObject({ kind: "page", status: 404, text: "sorry" });
  expect(server.requests).toHaveLength(1);
  expect(await fetchOnce(new URL(`${server.origin}/down`), PRIVATE)).toMatchObject({ kind: "page", status: 503 });
  expect(server.requests).toHaveLength(4);
});

test("a redirect is an answer and is not followed", async () => {
  const server = await webServer(({ url }, response) =>
    response.writeHead(302, { location: url === "/bad" ? "http://[" : "../next#x" }).end(),
  );

  const fetchOnce = openFetch(loopback, QUICK);
  expect(await fetchOnce(new URL(`${server.origin}/a/b`), PRIVATE)).toEqual({
    kind: "redirect",
    status: 302,
    to: `${server.origin}/next#x`,
  });
  expect(await fetchOnce(new URL(`${server.origin}/bad`), PRIVATE)).toMatchObject({ kind: "failed" });
  expect(server.requests).toHaveLength(2);
});

describe("addresses of this machine and its network", () => {
  test("are reached by a name without the check, and refused with it", async () => {
    const server = await webServer((_, response) => response.end("inside"));
    const url = new URL(`http://docs.test:${server.port}/`);
    const fetchOnce = openFetch(loopback, QUICK);

    // Without the defence.
    expect(await fetchOnce(url, PRIVATE)).toMatchObject({ kind: "page", text: "inside" });

    expect(await fetchOnce(url, PUBLIC)).toEqual({
      kind: "refused",
      reason: "docs.test has an address that is not of the public internet, and the task does not name it as private",
    });
    expect(server.requests).toHaveLength(1);
  });

  test.for([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "localhost",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "10.0.0.1",
  ])("are refused as http://%s/", async (host) => {
    const server = await webServer((_, response) => response.end("inside"));

    expect(await openFetch(undefined, QUICK)(new URL(`http://${host}:${server.port}/`), PUBLIC)).toMatchObject({ kind: "refused" });
    expect(server.requests).toHaveLength(0);
  });

  test("are refused where a name has one of them among public ones", async () => {
    expect(await openFetch(resolver(["8.8.8.8", "10.0.0.1"]), QUICK)(new URL("http://docs.test/"), PUBLIC)).toMatchObject({
      kind: "refused",
    });
    expect(await openFetch(resolver(["2606:4700::1111", "fe80::1"]), QUICK)(new URL("http://docs.test/"), PUBLIC)).toMatchObject({
      kind: "refused",
    });
  });

  test("are not reached by a name that has a public address when it is checked and another one when it is connected to", async () => {
    const server = await webServer((_, response) => response.end("inside"));
    const rebinding = resolver(["192.0.9.9"], ["127.0.0.1"]);

    // Without the defence: who looks up, checks, and then lets the system connect by name, looks up twice.
    const lookUp = (): Promise<string> => new Promise((done) => rebinding("docs.test", { all: false }, (_, address) => done(address)));
    expect(await lookUp()).toBe("192.0.9.9");
    const reached = await new Promise<string>((done) => {
      void lookUp().then((host) => {
        const socket = connect(server.port, host, () => socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        let text = "";
        socket.on("data", (chunk) => {
          text += String(chunk);
        });
        socket.on("close", () => done(text));
      });
    });
    expect(reached).toContain("inside");

    const answer = await openFetch(resolver(["192.0.9.9"], ["127.0.0.1"]), { totalMs: 1500, betweenTriesMs: 10 })(
      new URL(`http://docs.test:${server.port}/`),
      PUBLIC,
    );
    expect(answer.kind).not.toBe("page");
    expect(server.requests).toHaveLength(1);
  });
});

test.for([
  "file:///etc/passwd",
  "ftp://docs.test/",
  "data:text/plain,x",
  "javascript:1",
  "https://user:secret@docs.test/",
  "http://user@docs.test/",
])("%s is refused", async (address) => {
  expect(await openFetch(loopback, QUICK)(new URL(address), PRIVATE)).toMatchObject({ kind: "refused" });
});

describe("bodies", () => {
  test("that do not end are cut, and nothing more is read", async () => {
    let sent = 0;
    const server = await webServer((_, response) => {
      response.setHeader("content-type", "text/plain");
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(64 * 1024))) sent += 64 * 1024;
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });

    const answer = await openFetch(loopback, QUICK)(new URL(server.origin), PRIVATE);
    expect(answer).toMatchObject({ kind: "page", isCut: true });
    expect(answer.kind === "page" && answer.text.length).toBe(1024 * 1024);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("that come a byte at a time, or not at all, end with the time", async () => {
    const server = await webServer(({ url }, response) => {
      if (url === "/mute") return;
      response.writeHead(200, { "content-type": "text/plain" });
      const timer = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(timer));
    });

    const fetchOnce = openFetch(loopback, { totalMs: 500, betweenTriesMs: 10 });
    for (const path of ["drip", "mute"]) {
      expect(await fetchOnce(new URL(`${server.origin}/${path}`), PRIVATE)).toEqual({
        kind: "failed",
        reason: `127.0.0.1:${server.port} did not answer in full within 0.5 s`,
      });
    }
  });

  test("that inflate are not inflated", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const server = await webServer((_, response) =>
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" }).end(bomb),
    );

    expect(await openFetch(loopback, QUICK)(new URL(server.origin), PRIVATE)).toEqual({
      kind: "failed",
      reason: "the page is not text that can be read: it is compressed as gzip",
    });
  });

  test("that are no text are named", async () => {
    const server = await webServer((_, response) => response.writeHead(200, { "content-type": "application/pdf" }).end("%PDF"));

    expect(await openFetch(loopback, QUICK)(new URL(server.origin), PRIVATE)).toEqual({
      kind: "failed",
      reason: "the page is not text that can be read: it is application/pdf",
    });
  });

  test("with headers without end, and connections that break off, are failures", async () => {
    const server = await webServer(({ url, socket }, response) => {
      if (url === "/cut") return void socket.destroy();
      response.writeHead(200, Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`x-${index}`, "y".repeat(200)]))).end();
    });

    const fetchOnce = openFetch(loopback, QUICK);
    for (const path of ["cut", "headers"])
      expect(await fetchOnce(new URL(`${server.origin}/${path}`), PRIVATE)).toMatchObject({ kind: "failed" });
  });
});

test("a host that is not there is a failure with its reason", async () => {
  const server = await webServer((_, response) => response.end());
  const port = server.port === 1 ? 2 : 1;

  expect(await openFetch(loopback, QUICK)(new URL(`http://127.0.0.1:${port}/`), PRIVATE)).toEqual({
    kind: "failed",
    reason: `cannot read from 127.0.0.1:${port}: it refused the connection`,
  });
  const unknown = ((_h: string, _o: unknown, callback: (error: Error) => void) =>
    callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }))) as unknown as Resolve;
  expect(await openFetch(unknown, QUICK)(new URL("http://docs.test/"), PUBLIC)).toEqual({
    kind: "failed",
    reason: "cannot read from docs.test: its name is not known",
  });
});

test("the end of a run ends a request at once, and is no answer", async () => {
  const server = await webServer(() => {});
  const stop = new AbortController();
  const fetching = openFetch(loopback)(new URL(server.origin), { mayBePrivate: true, signal: stop.signal });
  while (server.requests.length === 0) await new Promise(setImmediate);
  stop.abort(new Error("interrupted"));

  await expect(fetching).rejects.toThrow("interrupted");
});
