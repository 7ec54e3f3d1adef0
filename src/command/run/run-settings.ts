import type { AgentSettings, LoopSpec, ToolProfile } from "../../core/agent.ts";
import { UserError } from "../../core/errors.ts";
import type { RunRecord } from "../../core/record.ts";
import { dashed } from "../flag.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";

/** The flags of `bench run` as the command line gives them. */
export type RunFlags = {
  readonly models: string;
  readonly model?: readonly string[];
  readonly suite?: readonly string[];
  readonly task?: readonly string[];
  readonly attempts: number;
  readonly prompt?: readonly string[];
  readonly profile: ToolProfile;
  readonly maxIterations: number;
  readonly maxMinutes: number;
  readonly maxTrialCost?: number;
  readonly maxCost?: number;
  readonly maxTokens?: number;
  readonly maxHours?: number;
  readonly allowUnknownPrices?: true;
  readonly contextFiles: boolean;
  readonly concurrency?: number;
  readonly grading?: number;
  readonly image: string;
  readonly sandbox?: SandboxKind;
  readonly runtime?: string;
  readonly reuse?: true;
  readonly tag?: readonly string[];
  readonly yes?: true;
  readonly buildNetwork?: true;
  readonly trust?: true;
  readonly askAbove?: number;
  readonly resume?: string;
  readonly db: string;
  readonly json?: true;
};

/** Flags that decide what a run measures; a resumed run reads them from the store. */
export const FIXED_FLAGS = [
  "models",
  "model",
  "suite",
  "task",
  "attempts",
  "prompt",
  "profile",
  "maxIterations",
  "maxMinutes",
  "maxTrialCost",
  "contextFiles",
  "image",
  "sandbox",
  "runtime",
  "reuse",
  "tag",
] as const;

// Caps are stored too, but may be changed when a run is resumed.
const CAP_FLAGS = ["maxCost", "maxTokens", "allowUnknownPrices"] as const;

const STORED_FLAGS = [...FIXED_FLAGS, ...CAP_FLAGS];

type FixedFlags = Pick<RunFlags, (typeof STORED_FLAGS)[number]>;

/** Selects the flags that are stored with a run. */
export function storedFlags(flags: RunFlags): FixedFlags {
  return Object.fromEntries(STORED_FLAGS.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]])) as FixedFlags;
}

/** Combines the flags of a resumed run: what it measures from the store, how it is carried out from the command line. Throws UserError when a flag would change what is measured. */
export function resumedFlags(flags: RunFlags, run: RunRecord, given: (name: string) => boolean): RunFlags {
  const conflict = FIXED_FLAGS.find(given);
  if (conflict)
    throw new UserError(`Cannot resume run "${run.id}": ${dashed(conflict)} would change what it measures; omit it, or start a new run`);
  const { db } = flags;
  const others = [...CAP_FLAGS, "concurrency", "grading", "maxHours", "buildNetwork", "trust", "json", "resume"] as const;
  const changeable = {
    db,
    ...Object.fromEntries(others.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]])),
  };
  // A database may come from elsewhere: of its flags only those are taken that a run stores.
  const kept = storedFlags(run.settings["flags"] as RunFlags);
  const { prompt, ...stored } = kept as Omit<FixedFlags, "prompt"> & { readonly prompt?: string | readonly string[] };
  // Runs of the first version have a single prompt.
  const prompts = typeof prompt === "string" ? [prompt] : prompt;
  return { ...stored, ...(prompts === undefined ? {} : { prompt: prompts }), ...changeable };
}

/** Builds the agent that every arm uses under these flags. */
export function agentOf(flags: Pick<RunFlags, "profile">): LoopSpec {
  return { kind: "loop", profile: flags.profile, maskAtShare: 0.6 };
}

/** Builds the settings of the agent from the flags. */
export function agentSettings(flags: RunFlags, prompt: AgentSettings["prompt"]): AgentSettings {
  return {
    prompt,
    limits: {
      maxIterations: flags.maxIterations,
      maxCostUsd: flags.maxTrialCost ?? null,
      maxWallSeconds: flags.maxMinutes * 60,
      maxOutputTokens: null,
      maxResultBytes: 5120,
      maxCallsPerTurn: 8,
      commandTimeoutSeconds: 30,
    },
    contextFiles: flags.contextFiles,
  };
}
