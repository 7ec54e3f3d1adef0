import { createHash } from "node:crypto";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Prompt } from "../core/agent.ts";
import { UserError } from "../core/errors.ts";
import { readText } from "./yaml-file.ts";

/** Reads a system prompt, the built-in one when no path is given; throws UserError when it is missing or empty. */
export function loadPrompt(path: string | null): Prompt {
  const file = path ?? fileURLToPath(new URL("../agent/system-prompt.md", import.meta.url));
  const text = readText(file).trim();
  if (text === "") throw new UserError(`Cannot use prompt "${file}": it is empty; write the system prompt in it`);
  const name = path ? basename(path).replace(/\.[^.]+$/, "") : "default";
  return { name, text, digest: createHash("sha256").update(text).digest("hex") };
}
