import { Held } from "../answer/bounded-answer.ts";
import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";

/**
 * Puts the chunks of a streamed answer together to the body it would have had unstreamed. An answer without a finish reason counts as whole when its prompt was blocked, or
 * an end mark came, which `isDone` tells. Throws BadAnswer for a stream that ended early, OverBound for one that holds more than an answer may.
 */
export async function collectGemini(events: AsyncIterable<unknown>, isDone: () => boolean = () => false): Promise<JsonRecord> {
  const usage = new StreamedUsage();
  const parts = new Parts();
  let body: JsonRecord = {};
  const candidates: JsonRecord[] = [];
  for await (const event of events) {
    if (!isRecord(event)) continue;
    usage.add(event);
    const { candidates: _candidates, usageMetadata: _usage, ...rest } = event;
    body = { ...body, ...rest };
    const first = recordsIn(event, "candidates").find((one) => (numberIn(one, "index") ?? 0) === 0);
    if (first === undefined) continue;
    const { content, ...about } = first;
    candidates[0] = { ...candidates[0], ...about };
    for (const part of recordsIn(isRecord(content) ? content : {}, "parts")) parts.add(part);
  }
  const isBlocked = stringIn(recordIn(body, "promptFeedback"), "blockReason") !== null;
  const [candidate] = candidates;
  const isWhole = stringIn(candidate ?? {}, "finishReason") !== null || isBlocked || (isDone() && candidate !== undefined);
  if (!isWhole) throw new BadAnswer("truncated-stream", "the stream ended without a finish reason");
  const answer = candidate === undefined ? {} : { candidates: [{ ...candidate, content: { role: "model", parts: parts.all } }] };
  return { ...body, ...usage.field(), ...answer };
}

const PLAIN: ReadonlySet<string> = new Set(["text", "thought"]);

/** The parts of an answer; neighbouring texts of one kind are one part, unless a signature belongs to one of them. */
class Parts {
  readonly all: JsonRecord[] = [];
  readonly #held = new Held();

  add(part: JsonRecord): void {
    this.#held.add(part);
    const last = this.all.at(-1);
    if (last !== undefined && isPlain(last) && isPlain(part) && last["thought"] === part["thought"]) {
      this.all[this.all.length - 1] = { ...last, text: `${stringIn(last, "text") ?? ""}${stringIn(part, "text") ?? ""}` };
      return;
    }
    this.all.push(part);
    checkBound(this.all.length, MAX_CALLS, "the answer has too many parts");
  }
}

function isPlain(part: JsonRecord): boolean {
  return typeof part["text"] === "string" && Object.keys(part).every((field) => PLAIN.has(field));
}
