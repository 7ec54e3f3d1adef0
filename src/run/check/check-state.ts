import type { FrozenMachine } from "../../core/sandbox.ts";
import type { Task } from "../../core/task.ts";
import type { GradedRepeats, Soundness } from "../../core/verdict.ts";
import { type GradedState, gradeState } from "../../grade/state/grade-state.ts";
import { type MachineDeps, solvedMachine, stateFailure, untouchedMachine } from "../machine.ts";
import { outputOf } from "./findings.ts";

/** How a task whose state is graded is checked: how often each state is graded, and where. */
export type StateCheckOptions = MachineDeps & { readonly repeats: number };

/**
 * Checks that a task whose state is graded measures what it claims to: the state that its solution leaves passes, the untouched one fails, repeats agree, and its tests write
 * a reward in both.
 */
export async function checkState(task: Task, options: StateCheckOptions): Promise<Soundness> {
  const none = { taskId: task.id, tests: 0, isolation: null, reference: null, untouched: null, wrong: [], remarks: [], output: null };
  const solved = await solvedMachine(task, options);
  if (solved === null) return { ...none, problems: ["it has no solution script, so nothing shows that its tests can be passed; add one"] };
  const { machine, problem } = solved;
  const { ended } = machine;
  const reference = await gradeRepeatedly(task, machine, options);
  const [first] = reference;
  const repeats = repeatsOf("reference", reference);
  const verdict = reference.find(({ verdict: one }) => !one.passed)?.verdict ?? first?.verdict;
  const found = { ...none, tests: verdict?.testsTotal ?? 0, isolation: verdict?.isolation ?? null, reference: repeats };
  if (verdict !== undefined && repeats.passed === 0)
    return {
      ...found,
      problems: [
        `its tests do not pass on the state that its solution leaves (${stateFailure(verdict, ended, problem)}); fix the solution or the tests`,
      ],
      output: outputOf(verdict),
    };
  const untouched = await gradeRepeatedly(task, await untouchedMachine(task, options), options);
  const problems = [...flaky("reference", reference), ...untouchedProblems(untouched)];
  return { ...found, untouched: repeatsOf("untouched workspace", untouched), problems, remarks: remarksOf(task, reference, ended) };
}

async function gradeRepeatedly(
  task: Task,
  machine: FrozenMachine,
  { repeats, signal }: StateCheckOptions,
): Promise<readonly GradedState[]> {
  try {
    const graded: GradedState[] = [];
    for (let time = 0; time < repeats; time++) graded.push(await gradeState({ task, machine, signal }));
    return graded;
  } finally {
    await machine.discard();
  }
}

function untouchedProblems(untouched: readonly GradedState[]): readonly string[] {
  const passed = untouched.filter(({ verdict }) => verdict.passed).length;
  if (passed === untouched.length)
    return ['the tests accept the "untouched workspace", which must fail; add a test that rejects it, or leave the task out'];
  if (passed > 0) return flaky("untouched workspace", untouched);
  const silent = untouched.find(({ hasReward }) => !hasReward);
  return silent === undefined
    ? []
    : [`its tests end without a reward on the untouched machine (${silent.verdict.reason}); write one at every end of the test script`];
}

function flaky(name: string, graded: readonly GradedState[]): readonly string[] {
  const passed = graded.filter(({ verdict }) => verdict.passed).length;
  return passed === 0 || passed === graded.length ? [] : [`the ${name} passed ${passed} of ${graded.length} times; the tests are flaky`];
}

function remarksOf(task: Task, reference: readonly GradedState[], ended: readonly string[]): readonly string[] {
  const slowestMs = Math.max(...reference.map(({ verdict }) => verdict.durationMs));
  const limitMs = task.tests.timeoutSeconds * 1000;
  return [
    ...(ended.length > 0
      ? [`its solution leaves programs running, which are ended before the tests: ${ended.slice(0, 3).join("; ")}`]
      : []),
    ...(slowestMs > limitMs / 2
      ? [`the tests took ${(slowestMs / 1000).toFixed(1)} s of their ${limitMs / 1000} s on the reference; slower machines may fail it`]
      : []),
  ];
}

function repeatsOf(name: string, graded: readonly GradedState[]): GradedRepeats {
  return { name, passed: graded.filter(({ verdict }) => verdict.passed).length, repeats: graded.length };
}
