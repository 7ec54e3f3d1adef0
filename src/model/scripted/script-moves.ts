import type { Turn } from "../../core/model.ts";
import { doneSoFar, type Move, type PlannedCall, quoted, shellWrites, stateOf } from "./planned-call.ts";
import type { SolutionScript } from "./scripted-solution.ts";

const MAX_CALLS = 6;
// Below the time that commands usually have.
const WAIT_SECONDS = 20;
const ENDED = "the script has ended";

/**
 * Decides the next turn of a model that knows the script of a task: write it to where it belongs, start it, wait for its end however long that takes, say so. Like every scripted
 * turn, it follows from the conversation alone.
 */
export function nextScriptMove(script: SolutionScript, turns: readonly Turn[], tools: ReadonlySet<string>): Move {
  if (!tools.has("run_command")) return { text: "I have no shell to run anything in.", calls: [] };
  const done = doneSoFar(turns);
  const writes = script.files.flatMap((file) => shellWrites({ file: { ...file, path: `${script.at.folder}/${file.path}` }, before: null }));
  const pending = [...writes, startCall(script)].filter((call) => stateOf(call, done) === "untried");
  if (pending.length > 0) return { text: "I will run the known solution.", calls: pending.slice(0, MAX_CALLS) };
  const waits = done.filter(({ call }) => JSON.stringify(call.rawArguments).includes("wait for the script")).length;
  const hasEnded = done.some(({ result }) => result?.text.includes(ENDED) ?? false);
  if (hasEnded) return { text: "Done: the known solution was run.", calls: [] };
  return { text: "It is still running.", calls: [waitCall(script, waits + 1)] };
}

function startCall({ at }: SolutionScript): PlannedCall {
  const variables = Object.entries(at.env).map(([name, value]) => `${quoted(`${name}=${value}`)} `);
  const run = `env ${variables.join("")}bash ${quoted(`${at.folder}/${at.path}`)} > ${at.folder}/.output 2>&1`;
  return { name: "run_command", args: { command: `( ${run}; echo $? > ${at.folder}/.status ) < /dev/null > /dev/null 2>&1 &` } };
}

function waitCall({ at }: SolutionScript, number: number): PlannedCall {
  const command = `# wait for the script, ${number}
for _ in $(seq ${WAIT_SECONDS}); do [ -e ${at.folder}/.status ] && break; sleep 1; done
tail -n 20 ${at.folder}/.output
if [ -e ${at.folder}/.status ]; then echo "${ENDED} with status $(cat ${at.folder}/.status)"; fi`;
  return { name: "run_command", args: { command } };
}
