import fc from "fast-check";
import type { Reply } from "../fixtures/model-server.ts";
import type { Golden } from "./golden-answer.ts";
import { mutated, mutations } from "./mutation.ts";

// JSON can say these, but no value of JavaScript writes them: they are put in as text.
const DEEP = "@deep@";
const HUGE = "@huge@";
const LEVELS = 20_000;

const WORDS = [
  "",
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "error",
  "stop",
  "failed",
  "\ud800",
  "a\nb\u001b[31m",
  "x".repeat(20_000),
];
const NUMBERS = [0, -1, -0, 0.5, 12.75, 1e15, 2 ** 53, 1e20, 1e308, -1e308, HUGE];
const SHAPES = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { error: {} },
  { type: "error" },
  DEEP,
  '{"path": "a',
  "[1]",
  `{"a": ${"[".repeat(9_000)}`,
];

/** What a provider's program might put in the place of a value. */
const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(...SHAPES),
  fc.jsonValue(),
);

/** Writes JSON as a provider might, with depths and numbers that ours would not. */
function written(value: unknown): string {
  const deep = "[".repeat(LEVELS) + "]".repeat(LEVELS);
  return JSON.stringify(value).replaceAll(`"${DEEP}"`, deep).replaceAll(`"${HUGE}"`, "1e999");
}

/** Texts of bodies that are nearly the golden one. */
export function brokenBody({ body }: Golden): fc.Arbitrary<string> {
  return mutations(oddJson).map((changes) => written(mutated(body, changes)));
}

type Deed = { readonly at: number; readonly deed: "drop" | "repeat" | "swap" | "insert" | "cut"; readonly event: string };

const FRAMES = [
  "[DONE]",
  "null",
  "5",
  '"text"',
  "{}",
  "[]",
  '{"error":{"message":"overloaded","code":529}}',
  '{"error":"no"}',
  '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
  '{"type":"error"}',
  '{"choices":null}',
  '{"choices":[{"finish_reason":"stop"}]}',
  '{"type":"response.failed"}',
  '{"type":"content_block_delta","index":9,"delta":{"type":"constructor"}}',
];

/** Lists of events, each as its data's text, that are nearly the golden ones. */
export function brokenEvents({ events }: Golden): fc.Arbitrary<readonly string[]> {
  const deed: fc.Arbitrary<Deed> = fc.record({
    at: fc.nat(50),
    deed: fc.constantFrom("drop", "repeat", "swap", "insert", "cut"),
    event: fc.constantFrom(...FRAMES),
  });
  return fc.tuple(fc.option(mutations(oddJson), { freq: 4 }), fc.array(deed, { maxLength: 3 })).map(([changes, deeds]) => {
    const meant = changes === null ? events : mutated(events, changes);
    const texts = (Array.isArray(meant) ? meant : [meant]).map((event) => (event === "[DONE]" ? event : written(event)));
    return deeds.reduce(rearranged, texts);
  });
}

function rearranged(events: readonly string[], { at, deed, event }: Deed): readonly string[] {
  const here = at % (events.length + 1);
  const [before, after] = [events.slice(0, here), events.slice(here)];
  const [first = event, ...rest] = after;
  if (deed === "drop") return [...before, ...rest];
  if (deed === "repeat") return [...before, first, ...after];
  if (deed === "swap") return [...before, ...rest.slice(0, 1), first, ...rest.slice(1)];
  return deed === "insert" ? [...before, event, ...after] : before;
}

const JSON_TYPE = Array<string>(5).fill("application/json");
const TYPES = ["text/html", "text/plain", "text/event-stream", "application/octet-stream", "nonsense"];
const STATUSES = [201, 202, 204, 206, 300, 304, 400, 401, 404, 413, 418, 429, 500, 503, 529, 599, 600, 999];

const cutAt = fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(2_000) });

/** Whole answers as they go over the wire, with what else may be wrong: status, content type, a body that ends early. */
export function brokenReply(golden: Golden): fc.Arbitrary<Reply> {
  const status = fc.oneof({ weight: 5, arbitrary: fc.constant(200) }, { weight: 1, arbitrary: fc.constantFrom(...STATUSES) });
  return fc
    .tuple(brokenBody(golden), cutAt, status, fc.constantFrom(...JSON_TYPE, ...JSON_TYPE, ...TYPES))
    .map(([text, length, status, contentType]) => ({ kind: "text", text: text.slice(0, length), status, contentType }));
}

/** Streamed answers as they go over the wire, with frames that are none. */
export function brokenStream(golden: Golden): fc.Arbitrary<Reply> {
  const style = fc.constantFrom("event", "event", "event", "event", "crlf", "plain", "joined", "noise");
  return fc.tuple(brokenEvents(golden), style, fc.constantFrom("close", "close", "close", "close", "close", "drop"), cutAt).map(
    ([events, how, end, length]): Reply => ({
      kind: "events",
      text: events
        .map((data) => frame(data, how))
        .join("")
        .slice(0, length),
      end: end as "close" | "drop",
    }),
  );
}

function frame(data: string, how: string): string {
  const type = /^\{"type":"([\w.]+)"/.exec(data)?.[1] ?? "message";
  if (how === "crlf") return `event: ${type}\r\ndata: ${data}\r\n\r\n`;
  if (how === "joined") return `event: ${type}\ndata: ${data}\n`;
  if (how === "noise") return `: ping\nretry: x\nid\nevent: ${type}\ndata:${data}\n\n\n`;
  return how === "plain" ? `data: ${data}\n\n` : `event: ${type}\ndata: ${data}\n\n`;
}

const ERROR_BODY = {
  type: "error",
  error: {
    message: "The first line.\nThe second \u001b[31mline\u001b[0m.",
    type: "some_error",
    param: null,
    code: "some_code",
    status: "SOME_STATUS",
    failed_generation: "<tool>",
    metadata: { reasons: ["x"], raw: "y" },
    details: [{ "@type": "z", retryDelay: "34s" }, { error_code: "w" }],
  },
  request_id: "r",
};
const ERROR_STATUSES = [200, 300, 301, 400, 401, 402, 403, 404, 408, 413, 418, 422, 429, 500, 502, 503, 529, 599, 999];
const HEADERS = [
  "retry-after",
  "retry-after-ms",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "anthropic-ratelimit-tokens-reset",
  "location",
];
const HEADER_VALUES = [
  "-1",
  "0",
  "1e999",
  "NaN",
  "",
  "99999999999999999999",
  "Thu, 99 Foo 2026",
  "2026-13-45T99:00Z",
  "6m0s",
  ".s",
  "1.2.3s",
  "/v1",
  "http://[",
  "x".repeat(4_000),
];

/** Failures as they go over the wire: complaints of any shape, whole pages, and headers that make no sense. */
export function brokenFailure(): fc.Arbitrary<Reply> {
  const complaint = mutations(oddJson).map((changes) => written(mutated(ERROR_BODY, changes)));
  const page = fc.constantFrom("<html>\n<body>Bad\tgateway</body>\n</html>", "", "\u0000\u0001", "x\n".repeat(5_000));
  const status = fc.constantFrom(...ERROR_STATUSES);
  const text = fc.tuple(fc.oneof({ weight: 4, arbitrary: complaint }, { weight: 1, arbitrary: page }), status);
  const headers = fc.dictionary(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADER_VALUES));
  return fc.oneof(
    text.map(([body, code]): Reply => ({ kind: "text", text: body, status: code, contentType: "application/json" })),
    fc.tuple(headers, status).map(([given, code]): Reply => ({ kind: "json", body: ERROR_BODY, status: code, headers: given })),
  );
}
