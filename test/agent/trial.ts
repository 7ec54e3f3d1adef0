import { onTestFinished } from "vitest";
import { loopAgent } from "../../src/agent/loop/loop-agent.ts";
import type { AgentEnd, AgentLimits, AgentSettings, LoopSpec, Past, TaskInputs } from "../../src/core/agent.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import { agentContext } from "../fixtures/agent-context.ts";
import { agentSettings, loopSpec } from "../fixtures/agent-settings.ts";
import { type FolderSandbox, openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { type MemoryJournal, memoryJournal, type Step, stepsOf } from "../fixtures/memory-journal.ts";
import { type TurnModel, turnModel } from "../fixtures/turn-model.ts";

/** How a test differs from an ordinary trial. */
export type TrialOptions = Partial<Omit<AgentSettings, "limits">> &
  Partial<Omit<LoopSpec, "kind">> & {
    readonly files?: Readonly<Record<string, string>>;
    readonly limits?: Partial<AgentLimits>;
    readonly spec?: Partial<ModelSpec>;
    readonly signal?: AbortSignal;
    readonly journal?: MemoryJournal;
    readonly past?: Past;
    readonly mcpServers?: TaskInputs["mcpServers"];
  };

/** A trial that has ended, with everything it left behind. */
export type FinishedTrial = AgentEnd & {
  readonly steps: readonly Step[];
  readonly model: TurnModel;
  readonly journal: MemoryJournal;
  readonly sandbox: FolderSandbox;
};

/** Runs the real loop with prepared replies as its model and a folder as its sandbox. */
export async function runTrial(replies: Parameters<typeof turnModel>[0], options: TrialOptions = {}): Promise<FinishedTrial> {
  const {
    files = { "a.txt": "one\n" },
    spec,
    signal,
    journal = memoryJournal(),
    profile = "full",
    maskAtShare = 0.6,
    summarizeAfter,
    past = null,
    mcpServers,
    ...settings
  } = options;
  const sandbox = await openFolderSandbox(files);
  onTestFinished(() => sandbox.close());
  const model = turnModel(replies, spec);
  const context = agentContext({
    model,
    sandbox,
    settings: agentSettings(settings),
    journal,
    past,
    ...(signal === undefined ? {} : { signal }),
    ...(mcpServers === undefined ? {} : { task: { prompt: "Do the task.", contextFiles: [], workspace: [], mcpServers } }),
  });
  const end = await loopAgent(loopSpec({ profile, maskAtShare, ...(summarizeAfter === undefined ? {} : { summarizeAfter }) })).work(
    context,
  );
  return { ...end, steps: stepsOf(journal), model, journal, sandbox };
}

/** Returns the text of every tool result of a trial, in order. */
export function resultTexts({ steps }: Pick<FinishedTrial, "steps">): string[] {
  return steps.flatMap(({ actions }) => actions.map(({ result }) => result.text));
}
