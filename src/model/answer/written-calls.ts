import { isRecord, type JsonRecord, parsedOr, stringIn } from "../json.ts";
import { JsonEnd } from "./json-end.ts";

/** A call of an offered tool that a model wrote into its text, and the mark that it began with. */
export type WrittenCall = { readonly name: string; readonly mark: string };

/** What to start a server with so that it reads calls and gives them as such. */
export const TOOL_PARSER_ADVICE =
  "start the server with a parser for this model's calls (vLLM: --enable-auto-tool-choice --tool-call-parser NAME; SGLang: --tool-call-parser NAME; llama.cpp: --jinja), or use a chat template with tools";

/** Marks after which the name of the tool stands, as chat templates have them: Qwen's and Llama's, MiniMax's and DeepSeek's, Kimi's, GLM's, Mistral's, gpt-oss's. */
const NAMED: readonly RegExp[] = [
  /(<function=)["']?([\w.-]{1,64})["']?>/g,
  /(<(?:[\w|｜-]{1,20}:?)?invoke name=)["']([\w.-]{1,64})["']/g,
  /(<｜tool▁call▁begin｜>)(?:function<｜tool▁sep｜>)?([\w.-]{1,64})/g,
  /(functions\.)([\w-]{1,64}):\d{1,3}\s{0,3}(?:<\|tool_call_argument_begin\|>)?\s{0,3}\{/g,
  /(<tool_call>)\s{0,3}([\w.-]{1,64})\s{0,3}<arg_key>/g,
  /(\[TOOL_CALLS\])\s{0,3}([\w.-]{1,64})(?:\[|\{)/g,
  /(<\|(?:channel|start)\|>)[a-z ]{0,30}to=functions\.([\w-]{1,64})/g,
  /(<\|python_tag\|>)\s{0,3}([\w-]{1,64})\.call\(/g,
];
/** Marks after which the call stands as JSON, or a list of calls: Hermes' and Qwen's, Mistral's, Llama's, Granite's and Phi's. */
const JSON_MARKS = ["<tool_call>", "<tool_calls>", "[TOOL_CALLS]", "<|python_tag|>", "<|tool_call|>", "<function_call>", "<functioncall>"];
/** A text that is nothing but one fenced block. */
const FENCE = /^```[\w-]{0,20}[ \t]{0,5}\r?\n/;
const MAX_CALLS = 64;
const MAX_TEXT_CHARS = 1024 * 1024;

/**
 * Finds the calls of offered tools that stand in a text because the server has no parser for them, or none for the model's way of writing them. Takes time that grows with
 * the length of the text alone.
 */
export function writtenCalls(text: string, toolNames: readonly string[]): readonly WrittenCall[] {
  const names = new Set(toolNames);
  const whole = text.slice(0, MAX_TEXT_CHARS).trim();
  const named = NAMED.flatMap((mark) => [...whole.matchAll(mark)].map(([, begin = "", name = ""]) => ({ name, mark: begin })));
  const marked = JSON_MARKS.flatMap((mark) => afterMark(whole, mark).map((name) => ({ name, mark })));
  const alone = namesIn(parsedOr(withoutFence(whole), null)).map((name) => ({ name, mark: FENCE.test(whole) ? "```json" : "{" }));
  return [...named, ...marked, ...alone].filter(({ name }) => names.has(name)).slice(0, MAX_CALLS);
}

/** The names of the calls after a mark: the JSON text goes to the mark's next place, or to the end of the whole. */
function afterMark(text: string, mark: string): readonly string[] {
  const [, ...sections] = text.split(mark, MAX_CALLS + 1);
  return sections.flatMap((section) => {
    const json = section.trimStart();
    if (!json.startsWith("{") && !json.startsWith("[")) return [];
    const end = new JsonEnd().add(json);
    return end < 0 ? [] : namesIn(parsedOr(json.slice(0, end), null));
  });
}

function withoutFence(text: string): string {
  return FENCE.test(text) && text.endsWith("```") ? text.replace(FENCE, "").slice(0, -3) : text;
}

const ARGUMENTS = ["arguments", "parameters", "args", "input"];

/** The names in a JSON value that is a call, or a list of calls: a name beside arguments. */
function namesIn(value: unknown): readonly string[] {
  const calls = Array.isArray(value) ? value.filter(isRecord) : isRecord(value) ? [value] : [];
  return calls.flatMap((call) => {
    const inner: JsonRecord = isRecord(call["function"]) ? call["function"] : call;
    const name = stringIn(inner, "name") ?? stringIn(inner, "tool_name");
    const hasArguments = ARGUMENTS.some((field) => isRecord(inner[field]) || typeof inner[field] === "string");
    return name !== null && hasArguments ? [name] : [];
  });
}
