import { randomBytes } from "node:crypto";
import type { RunRecord } from "../../core/record.ts";
import type { Store } from "../../store/store.ts";
import { keyRedactor } from "../trust/keys-in-texts.ts";
import { harnessVersion } from "../version.ts";
import { type GitState, gitState } from "./git-state.ts";
import type { Inputs } from "./run-inputs.ts";
import { type RunFlags, storedFlags } from "./run-settings.ts";

/** A run that is about to start; `gate` is the preregistration of a sequential gate. */
export type NewRun = Inputs & {
  readonly flags: RunFlags;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly gate?: Readonly<Record<string, unknown>>;
};

/** Stores a run before its first trial, with everything needed to resume and reproduce it. */
export async function saveNewRun(store: Store, { flags, suite, arms, imageIds, gate }: NewRun): Promise<RunRecord> {
  const now = new Date();
  const images = Object.fromEntries(imageIds);
  const settings = {
    flags: storedFlags(flags),
    images,
    git: withoutKeys(await gitState(), arms),
    node: process.version,
    ...(gate ? { gate } : {}),
  };
  const run = {
    id: newRunId(now),
    createdAt: now.toISOString(),
    suite: suite.name,
    suiteDigest: suite.digest,
    attempts: flags.attempts,
    harnessVersion: harnessVersion(),
    image: flags.image,
    imageId: imageIds.get(flags.image) ?? "",
    tags: flags.tag ?? [],
    settings,
  };
  store.saveRun({ run, arms, tasks: suite.tasks });
  return { ...run, finishedAt: null, end: null, stoppedBy: null };
}

// A branch may be named after anything.
function withoutKeys(git: GitState, arms: Inputs["arms"]): GitState {
  return git && { ...git, branch: git.branch && keyRedactor(arms)(git.branch) };
}

// Sorts by time and is short enough to type.
function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 13);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
