import { environmentVariable } from "../../config/environment.ts";
import { chooseModels, loadModels, type ModelChoice } from "../../config/models.ts";
import { loadOverlays } from "../../config/overlay.ts";
import { loadPrompts } from "../../config/prompt.ts";
import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { printable } from "../../core/printable.ts";
import type { RunRecord } from "../../core/record.ts";
import type { Suite } from "../../core/suite.ts";
import type { Task } from "../../core/task.ts";
import type { Arm } from "../../core/trial.ts";
import { makeArm } from "../../run/arm.ts";
import { requireOwnTools, requirePlannable } from "../../run/planned-trial.ts";
import type { Store } from "../../store/store.ts";
import { loadTasks } from "../load-tasks.ts";
import { checkCaps } from "./cap-check.ts";
import { agentOf, agentSettings, type RunFlags } from "./run-settings.ts";

/** The tasks and arms of a run; every model with every prompt and overlay is an arm. */
export type Inputs = { readonly suite: Suite; readonly arms: readonly Arm[] };

/** The inputs of a run, with notices about what was left out, and the files of its prompts by digest. */
export type LoadedInputs = Inputs & { readonly notices: readonly string[]; readonly promptFiles: ReadonlyMap<string, string> };

/** Loads the models, prompts, overlays and tasks that the flags name; throws UserError when one of them is wrong or missing, or they make too many trials. */
export async function loadInputs(
  flags: RunFlags,
  keyOf: (variable: string) => string | undefined = environmentVariable,
): Promise<LoadedInputs> {
  const choice = chooseModels(loadModels(flags.models), flags.model ?? [], keyOf);
  const { prompts, files, notices } = loadPrompts(flags.prompt ?? []);
  const { suite, notices: leftOut } = await loadTasks(flags.suite ?? [], flags.task ?? [], flags);
  const { overlays, notices: overlayNotices } = loadOverlays(flags.overlay ?? []);
  const severalPrompts = prompts.length > 1;
  const arms = choice.chosen.flatMap(({ spec, agent }) =>
    prompts.flatMap((prompt) =>
      overlays.map((overlay) => {
        const settings = agentSettings(flags, { prompt, overlay });
        return makeArm({ agent: agent ?? agentOf(flags, spec), model: spec, settings }, { severalPrompts });
      }),
    ),
  );
  checkCaps(arms, flags);
  requirePlannable({ tasks: suite.tasks, arms, attempts: flags.attempts });
  requireOwnTools({ tasks: suite.tasks, arms });
  const allNotices = [
    ...leftOut,
    ...shorterThanTasks(suite.tasks, flags.maxMinutes),
    ...leftOutLines(choice),
    ...overlayNotices,
    ...notices,
    ...draftLines(suite.tasks),
  ];
  return { suite, arms, notices: allNotices, promptFiles: files };
}

// What a format gives its agents is more than they get here.
function shorterThanTasks(tasks: readonly Task[], maxMinutes: number): readonly string[] {
  const longer = tasks.filter(({ agentSeconds = 0 }) => agentSeconds > maxMinutes * 60);
  if (longer.length === 0) return [];
  const most = Math.ceil(Math.max(...longer.map(({ agentSeconds = 0 }) => agentSeconds)) / 60);
  return [
    `${longer.length} of ${counted(tasks.length, "task")} would let agents work for up to ${most} minutes; --max-minutes ${maxMinutes} ends them earlier`,
  ];
}

// A models.yaml that was just made names a dozen models of as many providers.
const MAX_LEFT_OUT = 3;

function leftOutLines({ leftOut }: ModelChoice): readonly string[] {
  if (leftOut.length > MAX_LEFT_OUT) return [`${leftOut.length} models without a key are left out; "bench doctor" lists them`];
  const reasons = new Set(leftOut.map(({ reason }) => reason));
  return [...reasons].map((reason) => {
    const names = leftOut.filter((one) => one.reason === reason).map(({ name }) => name);
    return `Left out: ${names.join(", ")} (${reason})`;
  });
}

const MAX_DRAFTS = 3;

function draftLines(tasks: readonly Task[]): readonly string[] {
  const drafts = tasks.filter(({ isDraft }) => isDraft === true).map(({ id }) => printable(id));
  if (drafts.length === 0) return [];
  const named = `${drafts.slice(0, MAX_DRAFTS).join(", ")}${drafts.length > MAX_DRAFTS ? ", ..." : ""}`;
  return [
    `Drafts: the prompts of ${drafts.length} of ${counted(tasks.length, "task")} (${named}) were written by an import; they may give the fix away or say too little: rewrite each prompt.md, then remove "draft: true" from its task.yaml`,
  ];
}

/** Selects the inputs of a resumed run and ignores new ones. Throws UserError when one has changed, since its trials could not be compared with the earlier ones. */
export function sameAsStarted(store: Store, run: RunRecord, { suite, arms, ...others }: LoadedInputs): LoadedInputs {
  const stored = store.runs.shape(run.id);
  const reject = (what: string): never => {
    throw new UserError(`Cannot resume run "${run.id}": ${what} since it started; restore it, or start a new run`);
  };
  const tasks = stored.tasks.map(
    ({ id, digest }) =>
      suite.tasks.find((task) => task.id === id && task.digest === digest) ?? reject(`task "${id}" has changed or was removed`),
  );
  const sameArms = stored.arms.map(
    ({ id, name }) =>
      arms.find((arm) => arm.id === id) ?? reject(`model "${name}" or its prompt has changed, or its key is no longer set,`),
  );
  return { ...others, suite: { ...suite, tasks }, arms: sameArms };
}
