import { createHash } from "node:crypto";
import type { ModelResponse, ToolResult } from "../../core/model.ts";
import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";

type AssistantTurn = ModelResponse["turn"];

/**
 * Names the calls of an answer by what they ask for: in Gemini's API a call needs no id, and programs give ids of their own to those that have none, so that no id of the
 * answer would be found again in the request that brings the result.
 */
export function withOwnIds(turn: AssistantTurn): AssistantTurn {
  const idFor = ownIds();
  const calls = turn.view.calls.map((call) => ({
    ...call,
    id: idFor(call.name, call.args.kind === "ok" ? call.args.value : call.rawArguments),
  }));
  return { ...turn, view: { ...turn.view, calls } };
}

/** The results that have come since the model's last turn, each with the name that its call has in the answer before it. */
export function geminiResults(contents: readonly JsonRecord[]): readonly ToolResult[] {
  const end = contents.findLastIndex(isOfModel) + 1;
  const start = contents.slice(0, end).findLastIndex((content) => !isOfModel(content)) + 1;
  const idFor = ownIds();
  const calls = contents
    .slice(start, end)
    .flatMap((content) => held(content, "functionCall"))
    .map((call) => ({ theirs: stringIn(call, "id"), ours: idFor(stringIn(call, "name") ?? "", call["args"] ?? {}) }));
  return contents
    .slice(end)
    .flatMap((content) => held(content, "functionResponse"))
    .map((response, index) => {
      const id = stringIn(response, "id");
      const call = calls.find(({ theirs }) => id !== null && theirs === id) ?? calls[index];
      return { callId: call?.ours ?? "", name: "", ...saidIn(recordIn(response, "response")) };
    });
}

function isOfModel(content: JsonRecord): boolean {
  return content["role"] === "model";
}

function held(content: JsonRecord, field: string): readonly JsonRecord[] {
  return recordsIn(content, "parts")
    .map((part) => part[field])
    .filter(isRecord);
}

/** Official clients have a result as `output`, or as `error`; anything else may stand there, too. */
function saidIn(response: JsonRecord): { readonly text: string; readonly isError: boolean } {
  const said = response["output"] ?? response["error"] ?? response;
  const isError = response["output"] === undefined && response["error"] !== undefined;
  return { text: typeof said === "string" ? said : JSON.stringify(said), isError };
}

/** Gives the same name to calls that ask the same, numbered within one answer. */
function ownIds(): (name: string, args: unknown) => string {
  const seen = new Map<string, number>();
  return (name, args) => {
    const digest = createHash("sha256")
      .update(JSON.stringify([name, inOrder(args)]))
      .digest("hex")
      .slice(0, 12);
    const count = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, count);
    return `${digest}_${count}`;
  };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isRecord(value)) return value;
  return Object.keys(value)
    .sort()
    .map((field) => [field, inOrder(value[field])]);
}
