import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { Place } from "../../files/place.ts";
import { type JsonObject, textField } from "../python/json-objects.ts";

/** An instance of SWE-bench, from any of the files in which such are published. */
export type Instance = {
  readonly id: string;
  readonly repo: string;
  readonly baseCommit: string;
  /** The change that solves it; empty in sets whose solutions are not published. */
  readonly patch: string;
  readonly testPatch: string;
  readonly problem: string;
  readonly failToPass: readonly string[];
  readonly passToPass: readonly string[];
  /** The version of the repository that environments are shared by; null where none is given. */
  readonly version: string | null;
  /** The name of its image, where the file gives one. */
  readonly image: string | null;
  /** What reads the results of its tests in its own harness, where the file says so. */
  readonly logParser: string | null;
  readonly tags: readonly string[];
};

/** An instance, and its own folder where it is one. */
export type FoundInstance = { readonly instance: Instance; readonly own: Place | null };

// Columns of the variants: SWE-bench, Verified, Lite, Multilingual, and those that are made like them (Live, rebench, Gym) spell some of them differently.
const IMAGE_COLUMNS = ["image", "image_name", "docker_image"];
const ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,199}$/u;
const HASH = /^[0-9a-f]{40}$/;
const REPOSITORY = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;

/** Reads an instance from an object of a file. Throws UserError naming the line and the field at fault. */
export function readInstance(object: JsonObject): Instance {
  const field = (name: string) => textField(object, name);
  const id = checked(object, "instance_id", { value: field("instance_id"), pattern: ID, wanted: "a name, such as owner__repository-123" });
  const problem = field("problem_statement").trim();
  if (problem === "") throw fault(object, 'an empty "problem_statement"', "expected the issue");
  return {
    id,
    repo: checked(object, "repo", { value: field("repo"), pattern: REPOSITORY, wanted: "owner/repository" }),
    baseCommit: checked(object, "base_commit", { value: field("base_commit"), pattern: HASH, wanted: "the 40 digits of a commit" }),
    patch: field("patch"),
    testPatch: field("test_patch"),
    problem,
    failToPass: namesOf(object, "FAIL_TO_PASS"),
    passToPass: namesOf(object, "PASS_TO_PASS"),
    version: optional(object, ["version"]),
    image: optional(object, IMAGE_COLUMNS),
    logParser: optional(object, ["log_parser"]),
    tags: [object.value["difficulty"]].filter((tag): tag is string => typeof tag === "string" && tag !== ""),
  };
}

type Checked = { readonly value: string; readonly pattern: RegExp; readonly wanted: string };

function checked(object: JsonObject, name: string, { value, pattern, wanted }: Checked): string {
  if (pattern.test(value)) return value;
  throw fault(object, `${name} "${printable(value, 60)}"`, `expected ${wanted}`);
}

// Names of tests are a list, or a text that holds one as JSON.
function namesOf(object: JsonObject, name: string): readonly string[] {
  const given = object.value[name];
  const list = typeof given === "string" ? parsedList(given) : given;
  if (Array.isArray(list) && list.every((one) => typeof one === "string" && one !== "")) return [...new Set(list as readonly string[])];
  throw fault(
    object,
    given === undefined ? `no "${name}"` : `"${name}" that is no list`,
    "expected a list of tests, or a text with one as JSON",
  );
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function optional(object: JsonObject, names: readonly string[]): string | null {
  const found = names.map((name) => object.value[name]).find((value) => value !== undefined && value !== null && value !== "");
  return found === undefined ? null : typeof found === "string" ? found : JSON.stringify(found);
}

function fault({ path, where }: JsonObject, has: string, advice: string): UserError {
  return new UserError(`Cannot import "${path}": ${where} has ${has}; ${advice}`);
}
