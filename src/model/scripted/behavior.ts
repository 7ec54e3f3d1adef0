import type { Turn } from "../../core/model.ts";
import { doneSoFar, type Move, type PlannedCall, quoted, stateOf, waysToChange } from "./planned-call.ts";
import { nextScriptMove } from "./script-moves.ts";
import type { Change, ScriptedSolution } from "./scripted-solution.ts";

const MAX_CALLS = 6;
const PYTHON_CHECK = "import ast, sys; [ast.parse(open(p, 'rb').read(), p) for p in sys.argv[1:]]; print('syntax ok')";

/**
 * Decides the next turn from the conversation alone, so that a resumed trial continues where it stopped: look around, read what will
 * change, change it (another way when one fails), check it, say so.
 */
export function nextMove(solution: ScriptedSolution, turns: readonly Turn[], tools: ReadonlySet<string>): Move {
  if (solution.script !== null) return nextScriptMove(solution.script, turns, tools);
  const spoken = turns.filter((turn) => turn.kind === "assistant").length;
  const look = lookAround(tools);
  if (spoken === 0 && look !== null) return { text: "I will look at the workspace first.", calls: [look] };

  const reading = readings(solution, tools);
  const done = doneSoFar(turns);
  const isUnread = (call: PlannedCall): boolean => stateOf(call, done) === "untried";
  if (spoken <= 1 && reading.length > 0 && reading.every(isUnread)) return { text: "Now the files that matter.", calls: reading };
  const hasStopped = turns.some((turn) => turn.kind === "assistant" && turn.view.calls.length === 0);
  if (hasStopped || solution.changes.length === 0) return closing(solution);

  const pending = solution.changes.flatMap((change) => openCalls(waysToChange(change, tools), (call) => stateOf(call, done)));
  if (pending.length > 0) return { text: "I will make the change.", calls: pending.slice(0, MAX_CALLS) };
  const check = checking(solution.changes);
  if (tools.has("run_command") && stateOf(check, done) === "untried") return { text: "A quick check of what I wrote.", calls: [check] };
  return closing(solution);
}

function lookAround(tools: ReadonlySet<string>): PlannedCall | null {
  if (tools.has("list_directory")) return { name: "list_directory", args: { path: ".", depth: 2 } };
  return tools.has("run_command") ? { name: "run_command", args: { command: "ls -la" } } : null;
}

/** The files that will change; the first file of the workspace if none will. */
function readings({ firstPath, changes }: ScriptedSolution, tools: ReadonlySet<string>): PlannedCall[] {
  const known = changes.flatMap(({ before }) => (before === null ? [] : [before.path]));
  const first = firstPath === null ? [] : [firstPath];
  const paths = changes.length === 0 ? first : known.slice(0, MAX_CALLS);
  if (tools.has("read_file")) return paths.map((path) => ({ name: "read_file", args: { path } }));
  if (!tools.has("run_command")) return [];
  return paths.map((path) => ({ name: "run_command", args: { command: `cat ${quoted(path)}` } }));
}

/** What is left of the best way that has not failed; nothing when a way has succeeded or all have failed. */
function openCalls(
  ways: readonly (readonly PlannedCall[])[],
  state: (call: PlannedCall) => ReturnType<typeof stateOf>,
): readonly PlannedCall[] {
  for (const way of ways) {
    const states = way.map(state);
    if (states.includes("failed")) continue;
    return way.filter((_, index) => states[index] === "untried");
  }
  return [];
}

function checking(changes: readonly Change[]): PlannedCall {
  const paths = changes.map(({ file }) => file.path);
  const runnable = changes
    .filter(({ file, before }) => file.executable && before?.executable !== true)
    .map(({ file }) => quoted(file.path));
  const python = paths.filter((path) => path.endsWith(".py")).map(quoted);
  const script = paths.find((path) => /\.[cm]?js$/.test(path));
  const makeRunnable = runnable.length > 0 ? `chmod +x ${runnable.join(" ")} && ` : "";
  if (python.length > 0)
    return { name: "run_command", args: { command: `${makeRunnable}python3 -c "${PYTHON_CHECK}" ${python.join(" ")}` } };
  if (script !== undefined) return { name: "run_command", args: { command: `${makeRunnable}node --check ${quoted(script)}` } };
  return { name: "run_command", args: { command: `${makeRunnable}ls -la ${[...new Set(paths)].slice(0, 20).map(quoted).join(" ")}` } };
}

function closing({ changes }: ScriptedSolution): Move {
  if (changes.length === 0) return { text: "I see nothing to change here.", calls: [] };
  const names = changes.map(({ file }) => file.path);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return { text: `Done: I changed ${names.slice(0, 5).join(", ")}${more}.`, calls: [] };
}
