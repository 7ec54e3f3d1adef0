import type { z } from "zod";
import { printable } from "../core/printable.ts";

/** The way to a value inside a file, by keys and positions. */
export type FieldPath = readonly PropertyKey[];

/** What a schema says against a value. */
export type Issue = z.core.$ZodIssue;

/** Gives what is wrong inside a value that may have several forms, where only one of them fits what was written: its form is not the mistake then. */
export function innermost(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const fitting = issue.errors.filter((branch) => branch.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys"));
  const [inner] = fitting[0] ?? [];
  if (inner === undefined || fitting.length > 1) return issue;
  return innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

/** Says what is wrong with a field, what was found and what was expected. */
export function describeIssue(issue: Issue): string {
  const field = fieldName(issue.path);
  if (issue.code === "unrecognized_keys")
    return `${field || "the file"} has an unknown key "${printable(issue.keys[0] ?? "")}"; remove it or correct its spelling`;
  if (issue.code === "invalid_key")
    return `${fieldName(issue.path.slice(0, -1))} has the key "${printable(String(issue.path.at(-1)), 40)}"; ${issue.issues[0]?.message ?? "correct its spelling"}`;
  const missing = issue.code !== "custom" && issue.input === undefined;
  if (missing) return `${field || "the file"} is missing; ${expectation(issue)}`;
  if (issue.code === "custom") return `${field ? `${field}: ` : ""}${printable(issue.message, 300)}`;
  return `${field || "the file"} is ${mayHoldKey(issue.path) ? "something else" : display(issue.input)}; ${expectation(issue)}`;
}

/** Tells whether a field may hold a secret key, which must not reach a log when it is written into the wrong one. */
export function mayHoldKey(path: FieldPath): boolean {
  return path.some((part) => part === "api_key_env" || part === "headers" || part === "extra_body" || part === "env");
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return `expected ${withArticle(issue.expected)}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  if (issue.code === "too_small") return `expected ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
  if (issue.code === "too_big") return `expected at most ${issue.maximum}${COUNTED[issue.origin] ?? ""}`;
  return printable(issue.message.charAt(0).toLowerCase() + issue.message.slice(1), 120);
}

const COUNTED: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

function withArticle(type: string): string {
  if (type === "nonoptional") return "a value";
  if (type === "object" || type === "record") return "a group of keys";
  if (type === "array") return "a list";
  if (type === "int") return "a whole number";
  return `a ${type}`;
}

function display(value: unknown): string {
  return printable((JSON.stringify(value) ?? "nothing").replace(/\/\/[^/"]*@/g, "//...@"));
}

/** Writes the path to a field as people do: `models[2].price.input`. */
export function fieldName(path: FieldPath): string {
  return path.reduce<string>(
    (name, part) => (typeof part === "number" ? `${name}[${part}]` : `${name}${name && "."}${printable(String(part), 40)}`),
    "",
  );
}

/** Gives the path to what an issue is about. */
export function pathOf(issue: Issue): FieldPath {
  return issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
}
