import type { Turn } from "../../core/model.ts";
import { renamed, sendableName } from "../history/call-names.ts";
import { plainText } from "../history/well-formed.ts";
import { isRecord, type JsonRecord, recordsIn, stringIn } from "../json.ts";
import type { Rewriting } from "../protocol.ts";

const NO_TEXT = { text: "(no text)" };
/** Kinds of parts that the API sends, all of which it takes back. */
const KINDS = ["text", "functionCall", "inlineData", "executableCode", "codeExecutionResult", "thoughtSignature"];
/** Ids that the harness has given to calls that came without one. */
const OWN_ID = /^call_\d+_\d+(?:_again)*$/;
/** Google's own word for a call whose signature is lost. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/** Parts of the model's as they may go back, and what had to be changed in them. */
export type Sendable = { readonly parts: readonly JsonRecord[]; readonly repairs: readonly string[] };

/** Makes the parts of a turn valid for the API, and changes none that is: empty texts, names of calls, kinds that do not come back. What carries a signature stays, whatever else is in it. */
export function sendableParts(parts: readonly JsonRecord[]): Sendable {
  const repairs: string[] = [];
  return { parts: parts.flatMap((part) => sendablePart(part, repairs)), repairs };
}

function sendablePart(part: JsonRecord, repairs: string[]): JsonRecord[] {
  const { functionCall, text, thoughtSignature } = part;
  if (isRecord(functionCall)) {
    const name = sendableName(functionCall["name"]);
    if (name === functionCall["name"]) return [part];
    repairs.push(renamed(functionCall["name"], name));
    return [{ ...part, functionCall: { ...functionCall, name } }];
  }
  if (text === "" && thoughtSignature === undefined) return [];
  if (KINDS.some((kind) => part[kind] !== undefined)) return [part];
  repairs.push(`a part of the kind "${(Object.keys(part)[0] ?? "none").slice(0, 100)}" was left out`);
  return [];
}

/** Returns the parts of a turn of the model's; one in which it said nothing says so, because the API rejects an empty one. */
function filledParts(native: unknown): readonly JsonRecord[] {
  const { parts } = sendableParts(isRecord(native) ? recordsIn(native, "parts") : []);
  return parts.length > 0 ? parts : [NO_TEXT];
}

/** The ids of the calls of a turn, as they are stored. */
export function geminiCallIds(native: unknown): readonly string[] {
  return callsOf(filledParts(native)).map((call) => stringIn(call, "id") ?? "");
}

/** The names of the calls of a turn as they go back, by their ids: a result is sent with both. */
export function geminiCallNames(native: unknown): ReadonlyMap<string, string> {
  return new Map(callsOf(filledParts(native)).map((call) => [stringIn(call, "id") ?? "", stringIn(call, "name") ?? ""]));
}

function callsOf(parts: readonly JsonRecord[]): readonly JsonRecord[] {
  return parts.map(({ functionCall }) => functionCall).filter(isRecord);
}

/** The field with the id of a call or a result; none where the provider gave none. */
export function sentId(id: unknown): { readonly id?: string } {
  return typeof id === "string" && id !== "" && !OWN_ID.test(id) ? { id } : {};
}

/** Writes the parts of the model's as they go over the wire; summaries of thoughts are for readers, and the API wants signatures alone back. */
export function sentParts(native: unknown): readonly JsonRecord[] {
  const parts = filledParts(native).filter(({ thought, thoughtSignature }) => thought !== true || thoughtSignature !== undefined);
  if (parts.length === 0) return [NO_TEXT];
  return parts.map((part) => {
    const { functionCall } = part;
    if (!isRecord(functionCall)) return part;
    const { id, ...call } = functionCall;
    return { ...part, functionCall: { ...sentId(id), ...call } };
  });
}

const MISSES_SIGNATURE = /missing a `?thought_?signature/i;
const ABOUT_SIGNATURES = /thought|signature/i;

/**
 * Writes the turns with the fields alone that the API's own reference has, without ids. Signatures go back as they came, unless the provider's words are about them and do
 * not miss one; one that is missed is replaced by Google's own word for it.
 */
export function strictTurns(turns: readonly Turn[], { said }: Rewriting): Turn[] {
  const isMissed = MISSES_SIGNATURE.test(said);
  const keeps = isMissed || !ABOUT_SIGNATURES.test(said);
  return turns.map((turn): Turn => {
    if (turn.kind === "user") return { kind: "user", text: plainText(turn.text) };
    if (turn.kind === "tool") return { kind: "tool", results: turn.results.map((one) => ({ ...one, text: plainText(one.text) })) };
    const parts = filledParts(turn.native).flatMap((part) => strictPart(part, keeps));
    return { ...turn, native: { role: "model", parts: isMissed ? withSignature(parts) : parts } };
  });
}

function strictPart({ text, thought, thoughtSignature, functionCall }: JsonRecord, keeps: boolean): JsonRecord[] {
  const signature = keeps && thoughtSignature !== undefined ? { thoughtSignature } : {};
  if (isRecord(functionCall)) {
    const { id, name, args } = functionCall;
    return [{ functionCall: { id, name, args }, ...signature }];
  }
  return thought === true || typeof text !== "string" || text.trim() === "" ? [] : [{ text: plainText(text), ...signature }];
}

function withSignature(parts: readonly JsonRecord[]): JsonRecord[] {
  const first = parts.findIndex(({ functionCall }) => functionCall !== undefined);
  return parts.map((part, index) => (index === first ? { thoughtSignature: NO_SIGNATURE, ...part } : part));
}
