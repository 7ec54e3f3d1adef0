import { basename, normalize } from "node:path";
import { z } from "zod";
import type { CliSpec, Overlay } from "../../core/agent.ts";
import type { Api } from "../../core/model.ts";
import { printable } from "../../core/printable.ts";
import { suggestion } from "../../core/suggestion.ts";
import { type Place, placeInside } from "../../files/place.ts";
import { laidFiles } from "../overlay.ts";
import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { geminiCli } from "./gemini-cli.ts";
import type { KnownAgent } from "./known-agent.ts";
import { miniSweAgent } from "./mini-swe-agent.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import { qwenCode } from "./qwen-code.ts";

const KNOWN: readonly KnownAgent[] = [claudeCode, codex, geminiCli, qwenCode, pi, opencode, miniSweAgent];

// Far above what any command line needs; all of it is stored with every arm.
const MAX_NAME = 200;
const MAX_ARGUMENTS = 100;
const MAX_ARGUMENT = 4000;
const MAX_VARIABLES = 100;

// Tags such as latest, and ranges, would be another version tomorrow.
const EXACT_VERSION = /^\d[A-Za-z0-9._+-]{0,100}$/;

const argumentsSchema = z.array(z.string().min(1).max(MAX_ARGUMENT)).max(MAX_ARGUMENTS);
const nameSchema = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "expected letters, digits and . _ -");
const variables = z
  .record(
    z
      .string()
      .max(MAX_NAME)
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected names of environment variables"),
    z.string().max(MAX_ARGUMENT),
  )
  .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `expected at most ${MAX_VARIABLES} variables`);

const groupSchema = z.strictObject({
  command: argumentsSchema
    .min(1)
    .optional()
    .describe(
      "the program and its arguments, with {model}, {base_url} and {prompt} where they are needed; without {prompt}, the task is on its standard input",
    ),
  name: nameSchema
    .optional()
    .describe(`how reports name it; default: its program. Without a command, one of ${KNOWN.map(({ name }) => name).join(", ")}`),
  version: z
    .string()
    .max(MAX_NAME)
    .regex(/^[A-Za-z0-9._+-]*$/, "expected letters, digits and . _ + -")
    .optional()
    .describe("its version: results of two versions are never mixed"),
  args: argumentsSchema.optional().describe("further arguments"),
  config: z
    .string()
    .min(1)
    .max(MAX_ARGUMENT)
    .optional()
    .describe("folder beside this file whose files are laid into the agent's home folder before it starts"),
  env: variables.optional().describe("further environment variables that it is started with"),
});

/** Schema of `agent` of an entry: the loop, an agent that is known by name, or any other by its command. */
export const agentSchema = z
  .union([z.string().max(MAX_NAME), groupSchema], {
    error: 'expected "loop", an agent with its version such as claude-code@2.1.197, or a group with the command of another agent',
  })
  .describe(
    "what works on a task with this model: the harness's own loop, or another agent's command line, whose program setup installs or the task's image has",
  );

type AgentYaml = z.output<typeof agentSchema>;

/** What an entry says of its agent: null for the loop, or what is wrong with it. */
export type AgentChoice = { readonly kind: "agent"; readonly agent: CliSpec | null } | { readonly kind: "wrong"; readonly problem: string };

/** Reads which agent works with a model of an API. */
export function agentOf(yaml: AgentYaml | undefined, api: Api): AgentChoice {
  if (yaml === undefined || yaml === "loop") return { kind: "agent", agent: null };
  if (api === "scripted")
    return { kind: "wrong", problem: "a scripted model works with the loop alone; remove the agent, or use a model with a provider" };
  const { command, name, version = "", args = [], env = {} } = typeof yaml === "string" ? parsed(yaml) : yaml;
  if (command !== undefined) {
    const [program = ""] = command;
    return { kind: "agent", agent: { kind: "cli", name: name ?? basename(program), version, command: [...command, ...args], env } };
  }
  const known = knownAgent(name ?? "");
  if (known === undefined) return { kind: "wrong", problem: unknownAgent(name ?? "") };
  if (version === "") return { kind: "wrong", problem: `${known.name} has no version; write it, such as ${known.name}@1.2.3` };
  if (known.api !== api) return { kind: "wrong", problem: `${known.name} speaks ${known.api}, and the entry has api: ${api}` };
  return {
    kind: "agent",
    agent: {
      kind: "cli",
      name: known.name,
      version,
      command: [...known.command, ...args],
      env: { ...known.env, ...env },
      ...(known.files === undefined ? {} : { files: known.files }),
    },
  };
}

/**
 * Reads the files that an entry lays into its agent's home folder; undefined for none. Its folder must be inside the one of models.yaml: that of somebody else could name
 * a folder with keys, which the agent would read. Throws UserError for one that cannot be read.
 */
export function agentConfig(yaml: AgentYaml | undefined, beside: Place): Overlay | undefined {
  const config = typeof yaml === "object" ? yaml.config : undefined;
  if (config === undefined) return undefined;
  const path = normalize(config).replace(/(?<=.)\/$/, "");
  return laidFiles(placeInside(beside, path), {
    noun: "config",
    wanted: "name one whose files are laid into the agent's home folder",
    example: ".codex/config.toml",
  });
}

/** An agent to install, or what is wrong with how it was named. */
export type InstallChoice =
  | { readonly kind: "agent"; readonly known: KnownAgent; readonly version: string }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads which agent is to be installed, and in which version. */
export function agentToInstall(text: string): InstallChoice {
  const { name = "", version = "" } = parsed(text);
  const known = knownAgent(name);
  const names = KNOWN.map((one) => one.name);
  if (known === undefined)
    return {
      kind: "wrong",
      problem: `"${printable(name)}" is not known by name${suggestion(name, names)}; expected one of ${names.join(", ")}`,
    };
  if (!EXACT_VERSION.test(version))
    return { kind: "wrong", problem: `"${printable(version)}" is no version; write the exact one, such as ${name}@1.2.3` };
  return { kind: "agent", known, version };
}

/** Finds an agent that is known by name. */
export function knownAgent(name: string): KnownAgent | undefined {
  return KNOWN.find((known) => known.name === name);
}

function parsed(text: string): Exclude<AgentYaml, string> {
  const at = text.lastIndexOf("@");
  return at === -1 ? { name: text } : { name: text.slice(0, at), version: text.slice(at + 1) };
}

function unknownAgent(name: string): string {
  const names = KNOWN.map((known) => known.name);
  return `"${printable(name)}" is not an agent that is known by name${suggestion(name, names)}; expected loop, ${names.join(", ")}, or a group with a command`;
}
