import { isRecord } from "../json.ts";

/** Half of a surrogate pair: no UTF-8 text can hold it, and hosts reject a request that has one as an escape. */
const LONE_SURROGATE = /\p{Cs}/u;
const LONE_SURROGATES = /\p{Cs}/gu;
const REPLACEMENT = "\ufffd";
/** Characters that JSON allows as escapes, and some hosts refuse or cannot store. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Replaces what no UTF-8 text can hold, in every string of a JSON value; returns the very same value when there is nothing to replace. */
export function wellFormed<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === "string") return LONE_SURROGATE.test(value) ? value.replace(LONE_SURROGATES, REPLACEMENT) : value;
  if (Array.isArray(value)) {
    const items = value.map(mapped);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const changed = entries.map(([name, item]) => [mapped(name) as string, mapped(item)] as const);
  const isSame = changed.every(([name, item], index) => name === entries[index]?.[0] && item === entries[index]?.[1]);
  return isSame ? value : Object.fromEntries(changed);
}

/** An escape in a JSON text that is half of a surrogate pair, or may be. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Does the same to a JSON text, in which the half may stand as an escape; a text that is not JSON is left as it is. */
export function wellFormedJson(text: string): string {
  if (!SURROGATE_ESCAPE.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    const valid = wellFormed(value);
    return valid === value ? text : JSON.stringify(valid);
  } catch {
    return text;
  }
}

/** Makes a text that every host takes: without lone surrogates and without control characters other than tabs and line ends. */
export function plainText(text: string): string {
  return wellFormed(text).replace(CONTROLS, REPLACEMENT);
}
