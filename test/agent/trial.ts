import { onTestFinished } from "vitest";
import type { AgentEnd } from "../../src/agent/loop/loop.ts";
import { runAgent } from "../../src/agent/loop/loop.ts";
import type { AgentLimits, AgentSettings } from "../../src/core/agent.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import { agentSettings } from "../fixtures/agent-settings.ts";
import { type FolderSandbox, openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { type MemoryJournal, memoryJournal } from "../fixtures/memory-journal.ts";
import { type TurnModel, turnModel } from "../fixtures/turn-model.ts";

/** How a test differs from an ordinary trial. */
export type TrialOptions = Partial<Omit<AgentSettings, "limits">> & {
  readonly files?: Readonly<Record<string, string>>;
  readonly limits?: Partial<AgentLimits>;
  readonly spec?: Partial<ModelSpec>;
  readonly signal?: AbortSignal;
  readonly journal?: MemoryJournal;
};

/** A trial that has ended, with everything it left. */
export type FinishedTrial = AgentEnd & { readonly model: TurnModel; readonly journal: MemoryJournal; readonly sandbox: FolderSandbox };

/** Runs the real loop with replies for a model and a folder for a sandbox. */
export async function runTrial(replies: Parameters<typeof turnModel>[0], options: TrialOptions = {}): Promise<FinishedTrial> {
  const { files = { "a.txt": "one\n" }, spec, signal, journal = memoryJournal(), ...settings } = options;
  const sandbox = await openFolderSandbox(files);
  onTestFinished(() => sandbox.close());
  const model = turnModel(replies, spec);
  const end = await runAgent({
    firstTurns: ["Do the task."],
    model,
    sandbox,
    settings: agentSettings(settings),
    journal,
    cacheKey: "run/task/1",
    signal: signal ?? new AbortController().signal,
  });
  return { ...end, model, journal, sandbox };
}

/** Gives the text of every tool result of a trial, in order. */
export function resultTexts({ steps }: Pick<AgentEnd, "steps">): string[] {
  return steps.flatMap(({ actions }) => actions.map(({ result }) => result.text));
}
