import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import type { Task } from "../../core/task.ts";
import type { Arm } from "../../core/trial.ts";
import { type Redact, SecretRedactor } from "../../model/redact.ts";
import { withoutSecrets } from "../../store/run-row.ts";
import { KEY_VARIABLES } from "./known-hosts.ts";

/** What is sent to models or stored with a run: its arms and tasks, the files of its prompts by digest, and what the user typed, by flag. */
export type RunTexts = {
  readonly arms: readonly Arm[];
  readonly suite: { readonly tasks: readonly Task[] };
  readonly promptFiles: ReadonlyMap<string, string>;
  readonly typed: Readonly<Record<string, unknown>>;
};

// Keys are longer. What is shorter is a placeholder for a local server, such as "changeme", and may be a word of a task.
const MIN_KEY_LENGTH = 10;

const MAX_PATH = 300;

/**
 * Refuses a run in which a key stands where it would be sent to a model or stored: in a system prompt, in a task's prompt or the files of its workspace, in an entry of
 * models.yaml, or in a flag. Every usual spelling of a key is looked for. Keys are those that the run needs, and those of all known providers in the environment.
 *
 * Throws UserError naming where it stands and the variable, never the key.
 */
export async function refuseKeysInTexts(
  { arms, suite, promptFiles, typed }: RunTexts,
  keyOf: (variable: string) => string | undefined = environmentVariable,
): Promise<void> {
  const keys = keysOf(arms, keyOf);
  if (keys.length === 0) return;
  const refuse = (where: string, text: string | Uint8Array): void => {
    const found = keys.find(({ redactor }) => redactor.isIn(text));
    if (found)
      throw new UserError(
        `Cannot use ${printable(redacted(where, keys), MAX_PATH)}: it contains the value of ${found.variable}, which would be sent to a model or stored; take it out, and replace the key if others have seen it`,
      );
  };
  for (const [name, value] of Object.entries(typed)) refuse(name, JSON.stringify(value) ?? "");
  for (const { model, agent, settings } of arms) {
    refuse(`prompt "${promptFiles.get(settings.prompt.digest) ?? settings.prompt.name}"`, settings.prompt.text);
    refuse(`model "${model.name}"`, JSON.stringify(withoutSecrets(model)));
    refuse(`the agent of model "${model.name}"`, JSON.stringify(agent));
    const config = agent.kind === "cli" ? agent.config : undefined;
    for (const [noun, laid] of [["overlay", settings.overlay] as const, ["config", config] as const])
      for (const { path, bytes } of (await laid?.read?.()) ?? []) {
        refuse(`file "${path}" of the ${noun} "${laid?.name}"`, bytes);
        refuse(`the name of a file of the ${noun} "${laid?.name}"`, path);
      }
  }
  for (const task of suite.tasks) {
    const { id, suite: suiteName, title, tags, image } = task;
    refuse(`the prompt of task "${id}"`, task.prompt);
    refuse(`the settings of task "${id}"`, JSON.stringify({ id, suiteName, title, tags, image }));
    for (const { path, bytes } of await task.files.workspace()) {
      refuse(`file "${path}" in the workspace of task "${id}"`, bytes);
      refuse(`the name of a file in the workspace of task "${id}"`, path);
    }
  }
}

/** Makes a function that takes the keys of some arms, and those of all known providers in the environment, out of a text. */
export function keyRedactor(arms: readonly Pick<Arm, "model">[]): Redact {
  const keys = keysOf(arms, environmentVariable);
  return (text) => redacted(text, keys);
}

/** Makes a function that tells whether a text holds a key of some arms, or of a known provider in the environment, in any usual spelling. */
export function keyFinder(arms: readonly Pick<Arm, "model">[]): (text: string) => boolean {
  const keys = keysOf(arms, environmentVariable);
  return (text) => keys.some(({ redactor }) => redactor.isIn(text));
}

type Key = { readonly variable: string; readonly redactor: SecretRedactor };

function redacted(text: string, keys: readonly Key[]): string {
  return keys.reduce((clean, { redactor }) => redactor.redact(clean), text);
}

function keysOf(arms: readonly Pick<Arm, "model">[], keyOf: (variable: string) => string | undefined): readonly Key[] {
  const variables = new Set([...arms.flatMap(({ model }) => model.apiKeyEnv ?? []), ...KEY_VARIABLES]);
  return [...variables].flatMap((variable) => {
    const value = keyOf(variable)?.trim() ?? "";
    if (value.length < MIN_KEY_LENGTH) return [];
    const redactor = new SecretRedactor();
    redactor.learn(value);
    return [{ variable, redactor }];
  });
}
