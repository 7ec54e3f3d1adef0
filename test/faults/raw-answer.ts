import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Reply } from "../fixtures/model-server.ts";
import type { Golden } from "./golden-answer.ts";
import { spellingsOf } from "./secret.ts";
import { brokenFailure, brokenReply, brokenStream } from "./wire-mutation.ts";

/**
 * An answer as bytes of a connection, which no server library writes: a head, a body, and the lengths of the pieces in which they are sent. `isWhole` says that the
 * end of the body is not lost on the way: half a key may be the last that is sent.
 */
export type RawAnswer = {
  readonly head: Buffer;
  readonly body: Buffer;
  readonly pieces: readonly number[];
  readonly isCut: boolean;
  readonly isWhole: boolean;
};

/** A word of the answer, by its number, and the secret that is put there in a spelling of its own. */
type Echo = { readonly at: number; readonly how: number; readonly beside: "instead" | "before" | "after" };
type Packing = "none" | "gzip" | "deflate" | "br" | "x-gzip" | "GZIP" | "gzip, gzip" | "zstd" | "nonsense" | "lie" | "torn" | "tail";
type Framing = "length" | "chunked" | "close" | "too long" | "too short" | "two lengths" | "bad chunk" | "both";

const PACKINGS: readonly Packing[] = ["gzip", "deflate", "br", "x-gzip", "GZIP", "gzip, gzip", "zstd", "nonsense", "lie", "torn", "tail"];
const FRAMINGS: readonly Framing[] = ["length", "chunked", "close", "too long", "too short", "two lengths", "bad chunk", "both"];
const ODD_BYTES = ["\ufeff", "\u0000", "\r", "\u2028", "\u202e", "\ud83d", "\u001b]52;c;aGk=\u0007"];
const TYPES = ["application/json; charset=utf-16", "application/json; charset=x", "text/event-stream; charset=latin1", ""];
const NAMES = [
  "x-request-id",
  "request-id",
  "retry-after",
  "location",
  "set-cookie",
  "content-type",
  "x-note",
  "anthropic-ratelimit-reset",
];

/** The spellings in which a hostile provider echoes a secret: the usual ones, and escapes that a reader of JSON undoes. */
function echoesOf(secret: string): readonly string[] {
  const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const all = secret.split("").map(escaped).join("");
  return [
    ...spellingsOf(secret).map(({ text }) => text),
    all,
    all.toUpperCase().replaceAll("\\U", "\\u"),
    `${escaped(secret[0] ?? "")}${secret.slice(1)}`,
    `${secret.slice(0, -1)}${escaped(secret.at(-1) ?? "")}`,
    JSON.stringify(all).slice(1, -1),
  ];
}

/** Answers that are nearly good ones, with the secret in them, over connections that do what no good server does. */
export function rawAnswers(
  golden: Golden,
  { stream, secret }: { readonly stream: boolean; readonly secret: string },
): fc.Arbitrary<RawAnswer> {
  const echoes = echoesOf(secret);
  const good = stream ? brokenStream(golden) : brokenReply(golden);
  const reply = fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 1, arbitrary: brokenFailure() },
    { weight: 1, arbitrary: brokenReply(golden) },
  );
  const echo: fc.Arbitrary<Echo> = fc.record({
    at: fc.nat(10_000),
    how: fc.nat(echoes.length - 1),
    beside: fc.constantFrom("instead", "before", "after"),
  });
  const odd = fc.record({ at: fc.nat(3_000), bytes: fc.constantFrom(...ODD_BYTES) });
  const field = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...echoes, "x".repeat(9_000), "\u00ff\u0080", "a, b", ""));
  const mostly = <T>(usual: T, others: readonly T[], weight = 4): fc.Arbitrary<T> =>
    fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
  return fc
    .record({
      reply,
      echoed: fc.array(echo, { maxLength: 4 }),
      odd: fc.option(odd, { freq: 6 }),
      packing: mostly<Packing>("none", PACKINGS),
      framing: mostly<Framing>("length", FRAMINGS),
      type: mostly<string | null>(null, TYPES, 9),
      fields: fc.array(field, { maxLength: 2 }),
      pieces: fc.oneof(
        fc.constant([1]),
        fc.constant([1_000_000]),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 9 }),
      ),
      isCut: mostly(false, [true], 12),
    })
    .map(({ reply: given, echoed, packing, framing, fields, type, ...rest }) => {
      const { status, contentType, text } = writtenReply(given);
      const noisy = rest.odd === null ? text : text.slice(0, rest.odd.at) + rest.odd.bytes + text.slice(rest.odd.at);
      const spoken = echoed.reduce((all, one) => withEcho(all, one, echoes), noisy);
      const { body, encoding } = packed(Buffer.from(spoken), packing);
      const head = [
        `HTTP/1.1 ${status} ${echoed.length === 4 ? secret : "Words"}`,
        `content-type: ${type ?? contentType}`,
        ...(encoding === "" ? [] : [`content-encoding: ${encoding}`]),
        ...fields.map(([name, value]) => `${name}: ${value}`),
      ];
      const isWhole = framing !== "too short" && packing !== "torn" && !rest.isCut;
      return { ...framed(head, body, framing), pieces: rest.pieces, isCut: rest.isCut, isWhole };
    });
}

function writtenReply(reply: Reply): { readonly status: number; readonly contentType: string; readonly text: string } {
  if (reply.kind === "events") return { status: 200, contentType: "text/event-stream", text: reply.text };
  if (reply.kind === "json") return { status: reply.status ?? 200, contentType: "application/json", text: JSON.stringify(reply.body) };
  if (reply.kind !== "text") throw new Error(`no reply of bytes: ${reply.kind}`);
  return { status: reply.status ?? 200, contentType: reply.contentType ?? "application/json", text: reply.text };
}

/** Puts a spelling into one of the quoted words of a body: a name, an id, a reason, a text, the arguments of a call. */
function withEcho(text: string, { at, how, beside }: Echo, echoes: readonly string[]): string {
  const words = [...text.slice(0, 20_000).matchAll(/"((?:[^"\\\n]|\\.){0,200})"/g)];
  const word = words[at % Math.max(1, words.length)];
  if (word === undefined) return text + echoes[how];
  const [quoted, inner = ""] = word;
  const echo = echoes[how] ?? "";
  const said = { instead: echo, before: echo + inner, after: inner + echo }[beside];
  return `${text.slice(0, word.index)}"${said}"${text.slice(word.index + quoted.length)}`;
}

function packed(body: Buffer, packing: Packing): { readonly body: Buffer; readonly encoding: string } {
  switch (packing) {
    case "none":
      return { body, encoding: "" };
    case "deflate":
      return { body: deflateSync(body), encoding: packing };
    case "br":
      return { body: brotliCompressSync(body), encoding: packing };
    case "gzip, gzip":
      return { body: gzipSync(gzipSync(body)), encoding: packing };
    case "zstd":
    case "nonsense":
      return { body, encoding: packing };
    case "lie":
      return { body, encoding: "gzip" };
    case "torn":
      return { body: gzipSync(body).subarray(0, -9), encoding: "gzip" };
    case "tail":
      return { body: Buffer.concat([gzipSync(body), Buffer.from("more")]), encoding: "gzip" };
    default:
      return { body: gzipSync(body), encoding: packing };
  }
}

function framed(head: readonly string[], body: Buffer, framing: Framing): { readonly head: Buffer; readonly body: Buffer } {
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]);
  const length = (most: number): string => `content-length: ${Math.max(0, body.length + most)}`;
  const [more, sent] = {
    length: [[length(0)], body] as const,
    close: [[], body] as const,
    chunked: [["transfer-encoding: chunked"], chunk] as const,
    "too long": [[length(10)], body] as const,
    "too short": [[length(-10)], body] as const,
    "two lengths": [[length(0), length(1)], body] as const,
    "bad chunk": [["transfer-encoding: chunked"], Buffer.concat([Buffer.from("zz\r\n"), body])] as const,
    both: [[length(0), "transfer-encoding: chunked"], chunk] as const,
  }[framing];
  return { head: Buffer.from([...head, ...more, "connection: close", "", ""].join("\r\n"), "latin1"), body: sent };
}

/** A server that gives every request the raw answer that is set, and closes the connection. */
export type RawServer = { answer: RawAnswer | null; readonly url: string; close(): void };

/** Starts the server on the loopback interface. */
export async function startRawServer(): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.once("data", () => {
      if (raw.answer !== null) send(socket, raw.answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const raw: RawServer = {
    answer: null,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return raw;
}

function send(socket: Socket, { head, body, pieces, isCut }: RawAnswer): void {
  socket.setNoDelay(true);
  const all = Buffer.concat([head, body]);
  for (let at = 0, n = 0; at < all.length; n++) {
    // The first of many pieces are as short as asked; the rest of a long answer comes at once.
    const end = n < 300 ? at + (pieces[n % pieces.length] ?? 1) : all.length;
    socket.write(all.subarray(at, end));
    at = end;
  }
  if (isCut) setImmediate(() => socket.destroy());
  else socket.end();
}
