import { wellFormed } from "../history/well-formed.ts";
import { isRecord, isTooDeep, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";

/** A body that may be an answer, and what was changed in it. */
export type ValidBody = { readonly body: JsonRecord; readonly repairs: readonly string[] };

/** Checks what holds for a body of every API; throws BadAnswer for one that is no object, is too deep to be kept, or is an error in disguise. */
export function validBody(raw: unknown): ValidBody {
  if (!isRecord(raw)) throw new BadAnswer("no-answer", "the body is not a JSON object");
  if (isTooDeep(raw)) throw new BadAnswer("too-deep", "the body is nested too deep to be kept");
  const error = embeddedError(raw);
  if (error !== null) throw new BadAnswer("error-in-success", "an error with a success status", error);
  const body = wellFormed(raw);
  return { body, repairs: body === raw ? [] : ["characters that no text can hold (lone surrogates) were replaced"] };
}

/** Fields of which an answer, or an event of one, has at least one. */
const ANSWER_FIELDS = ["choices", "content", "output", "delta", "response", "item", "usage", "content_block", "candidates"];

/**
 * Finds the error in a body, or in an event of a stream, that came with a success status, wherever its host puts it: null when there is none. What is found is the
 * host's own value, or an object of `code` and `message` made of it.
 */
export function embeddedError(body: JsonRecord): unknown {
  if (isSet(body["error"])) return body["error"];
  const isAnswer = ANSWER_FIELDS.some((field) => isSet(body[field]));
  // Cloudflare.
  const [first] = recordsIn(body, "errors");
  if (first !== undefined && !isAnswer) return first;
  if (body["type"] === "error" || body["object"] === "error") return body;
  return miniMaxError(recordIn(body, "base_resp")) ?? (isAnswer ? null : bareError(body));
}

/** The error that one choice of a Chat Completion holds. */
export function choiceError(choice: JsonRecord): unknown {
  return isSet(choice["error"]) ? choice["error"] : null;
}

/** Hosts write "no error" in many ways. */
function isSet(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "" || value === 0) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** MiniMax puts its state into each answer; zero is success. */
function miniMaxError(base: JsonRecord): JsonRecord | null {
  const code = base["status_code"];
  if ((typeof code !== "number" && typeof code !== "string") || Number(code) === 0) return null;
  return { type: "base_resp", code: String(code), message: stringIn(base, "status_msg") ?? "" };
}

/** An error without an object of its own: FastAPI's `detail`, DashScope's and Zhipu's code and message. What says that it is something else, such as a ping, is none. */
function bareError(body: JsonRecord): JsonRecord | null {
  if (typeof body["type"] === "string" && !/error|exception/i.test(body["type"])) return null;
  if (isSet(body["detail"])) return isRecord(body["detail"]) ? body["detail"] : { message: body["detail"] };
  const message = stringIn(body, "message") ?? stringIn(body, "msg") ?? stringIn(body, "error_msg") ?? stringIn(body, "error_message");
  if (message === null || message === "") return null;
  const code = body["code"] ?? body["error_code"] ?? body["status"] ?? body["status_code"];
  return { ...body, message, ...((typeof code === "string" || typeof code === "number") && { code }) };
}
