import { createHash } from "node:crypto";

/** The names that all APIs accept for a tool, in definitions and in the history alike. */
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const NOT_IN_A_NAME = /[^a-zA-Z0-9_-]/g;
const MAX_NAME_CHARS = 64;
const NAMELESS = "unnamed_tool";

/**
 * Returns the name under which a call goes back: the model's own where the APIs accept it, else one that resembles it. Models call tools that there are none of, such as
 * `multi_tool_use.parallel`, and a history with such a name is rejected.
 */
export function sendableName(name: unknown): string {
  if (typeof name !== "string" || name.trim() === "") return NAMELESS;
  if (TOOL_NAME.test(name)) return name;
  return name.replace(NOT_IN_A_NAME, "_").slice(0, MAX_NAME_CHARS);
}

/** Says under which name a call goes back. */
export function renamed(from: unknown, to: string): string {
  return typeof from === "string" && from.trim() !== ""
    ? `the call of "${from.slice(0, 100)}" goes back as "${to}"`
    : `a call without a name goes back as "${to}"`;
}

const PLAIN_ID = /^[a-zA-Z0-9_-]+$/;
const MAX_STEM_CHARS = 40;
/** LiteLLM's mark of a signature of Google's inside an id, which must come back as it is. */
const SIGNED = "__thought__";

/** Returns the id under which a call goes to hosts that take letters, digits, `_` and `-` alone. The same id always gives the same one, and different ids different ones. */
export function anthropicId(id: string): string {
  if (id === "" || PLAIN_ID.test(id) || id.includes(SIGNED)) return id;
  const stem = id.slice(0, MAX_STEM_CHARS).replace(NOT_IN_A_NAME, "_");
  return `${stem}_${createHash("sha256").update(id).digest("hex").slice(0, 8)}`;
}

const COUNTER_DIGITS = 8;

/** Numbers ids in the order in which they are asked for; each is nine letters and digits, the strictest form that any host asks for (Mistral). */
export function plainIds(): (id: string) => string {
  const known = new Map<string, string>();
  return (id) => {
    const plain = known.get(id) ?? `c${String(known.size + 1).padStart(COUNTER_DIGITS, "0")}`;
    known.set(id, plain);
    return plain;
  };
}
