import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import type { Prompt } from "../core/agent.ts";
import { UserError } from "../core/errors.ts";
import { readOwnText, readText } from "../files/file.ts";
import { placeNamed, shown } from "../files/place.ts";

// Selects the built-in prompt where a file is expected.
const BUILT_IN_PROMPT = "default";

/** The prompts of a run, each content once with the file it is from, by digest; and a notice for each file with the same content as another. */
export type PromptChoice = {
  readonly prompts: readonly Prompt[];
  readonly files: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
};

/** Reads system prompts, or the built-in one when none is named; throws UserError when one is missing or empty. */
export function loadPrompts(paths: readonly string[]): PromptChoice {
  const loaded = (paths.length > 0 ? paths : [BUILT_IN_PROMPT]).map((path) => ({ path, prompt: loadPrompt(path) }));
  const kept: LoadedPrompt[] = [];
  const notices: string[] = [];
  for (const one of loaded) {
    const duplicate = kept.find(({ prompt }) => prompt.digest === one.prompt.digest);
    if (duplicate) notices.push(`${one.path} has the same content as ${duplicate.path}: it is run only once`);
    else kept.push(one);
  }
  return { prompts: withDistinctNames(kept), files: new Map(kept.map(({ path, prompt }) => [prompt.digest, path])), notices };
}

type LoadedPrompt = { readonly path: string; readonly prompt: Prompt };

function loadPrompt(path: string): Prompt {
  const isBuiltIn = path === BUILT_IN_PROMPT;
  const text = (isBuiltIn ? readOwnText(new URL("../agent/loop/system-prompt.md", import.meta.url)) : readText(placeNamed(path))).trim();
  if (text === "") throw new UserError(`Cannot use prompt "${shown(path)}": it is empty; write the system prompt in it`);
  const name = isBuiltIn ? BUILT_IN_PROMPT : cleanName(basename(path).replace(/\.[^.]+$/, ""));
  return { name, text, digest: createHash("sha256").update(text).digest("hex") };
}

// Prompts with the same file name get their folder as a prefix, and their digest where the folders are equal too. Only the built-in prompt keeps its name.
function withDistinctNames(loaded: readonly LoadedPrompt[]): readonly Prompt[] {
  const builtIn = loadPrompt(BUILT_IN_PROMPT);
  const isBuiltIn = ({ prompt }: LoadedPrompt): boolean => prompt.name === builtIn.name && prompt.digest === builtIn.digest;
  const isShared = (name: string, names: readonly string[]): boolean => names.filter((other) => other === name).length > 1;
  const names = [builtIn.name, ...loaded.filter((one) => !isBuiltIn(one)).map(({ prompt }) => prompt.name)];
  const withFolder = loaded.map((one) =>
    isBuiltIn(one) || !isShared(one.prompt.name, names)
      ? one.prompt.name
      : `${cleanName(basename(dirname(resolve(one.path))))}-${one.prompt.name}`,
  );
  return loaded.map(({ prompt }, index) => {
    const name = withFolder[index] ?? prompt.name;
    return { ...prompt, name: isShared(name, withFolder) ? `${name}-${prompt.digest.slice(0, 6)}` : name };
  });
}

/** Makes a name that can be printed, typed and searched for of that of a file or folder. */
export function cleanName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^-+|-+$/g, "") || "prompt";
}
