import type { AgentSettings, LoopSpec, Overlay, ToolProfile } from "../../core/agent.ts";
import type { ModelSpec } from "../../core/model.ts";
import { dashed } from "../flag.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";

/** The flags of `bench run` as the command line gives them. */
export type RunFlags = {
  readonly models: string;
  readonly model?: readonly string[];
  readonly suite?: readonly string[];
  readonly task?: readonly string[];
  readonly base?: readonly string[];
  readonly passAt?: number;
  readonly images?: string;
  readonly attempts: number;
  readonly prompt?: readonly string[];
  readonly overlay?: readonly string[];
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
  /** False skips the question that is put to a new model before the run. */
  readonly probe?: boolean;
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
  "overlay",
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
  "base",
  "passAt",
  "images",
] as const;

/** Limits that are stored too, but may be changed when a run is resumed. */
export const CAP_FLAGS = ["maxCost", "maxTokens", "allowUnknownPrices"] as const;

/** Flags that are stored with a run. */
export const STORED_FLAGS = [...FIXED_FLAGS, ...CAP_FLAGS];

/** The flags that are stored with a run. */
export type StoredFlags = Pick<RunFlags, (typeof STORED_FLAGS)[number]>;

/** Selects the flags that are stored with a run. */
export function storedFlags(flags: RunFlags): StoredFlags {
  return Object.fromEntries(STORED_FLAGS.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]])) as StoredFlags;
}

/** Lists the flags that are stored with a run by the names under which they are typed. */
export function typedFlags(flags: RunFlags): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(storedFlags(flags)).map(([name, value]) => [dashed(name), value]));
}

/** Builds the agent of an arm from the flags, which hold for all arms, and from the entry of its model. */
export function agentOf(flags: Pick<RunFlags, "profile">, { summarizeAfter }: Pick<ModelSpec, "summarizeAfter">): LoopSpec {
  return { kind: "loop", profile: flags.profile, maskAtShare: 0.6, ...(summarizeAfter === undefined ? {} : { summarizeAfter }) };
}

/** Builds the settings of the agent from the flags. */
export function agentSettings(
  flags: RunFlags,
  { prompt, overlay }: Pick<AgentSettings, "prompt"> & { readonly overlay: Overlay | null },
): AgentSettings {
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
    ...(overlay === null ? {} : { overlay }),
  };
}
