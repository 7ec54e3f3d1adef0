/** Reads what the page shows at once, with each arm's results by task. */
export function readPage() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const rows = data.tasks.map(() => data.arms.map(() => null));
  data.arms.forEach((arm, armIndex) => {
    const { cells } = arm;
    cells.task.forEach((task, index) => {
      rows[task][armIndex] = {
        passed: cells.passed[index],
        trials: cells.trials[index],
        errors: cells.errors[index],
        tampered: cells.tampered[index],
        costUsd: cells.costUsd[index],
        version: cells.version[index],
      };
    });
  });
  const gateBase = data.gate?.baselineArm ?? -1;
  const comparedBase = data.comparisons[0]?.baseline ?? -1;
  return { ...data, rows, baseline: gateBase >= 0 ? gateBase : Math.max(0, comparedBase) };
}

/** The name of an arm as it is shown: with a star when no language model is behind it. */
export function armName(arm) {
  return arm.scripted ? `${arm.label}*` : arm.label;
}

/** Passed of graded; null where there is nothing graded. */
export function rateOf(cell) {
  return cell && cell.trials > 0 ? cell.passed / cell.trials : null;
}

/** Candidate minus baseline in pass rate on one task; null where one side has none, or another version of the task. */
export function changeOf(row, armIndex, baseline) {
  const before = row[baseline];
  const after = row[armIndex];
  if (armIndex === baseline || !before || !after || before.trials === 0 || after.trials === 0 || before.version !== after.version)
    return null;
  return after.passed / after.trials - before.passed / before.trials;
}

async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

let trialsOnce = null;

/** Gives the list of trials; unpacked when it is first asked for. */
export function readTrials() {
  trialsOnce ??= inflated(document.getElementById("trials").textContent).then(trialList);
  return trialsOnce;
}

function trialList(columns) {
  const { words, systems, kept, ...lists } = columns;
  const word = (index) => (index < 0 ? null : words[index]);
  const trials = lists.id.map((_id, index) => {
    const trial = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list[index]]));
    for (const name of ["stop", "stopDetail", "reason", "errorSource", "errorMessage"]) trial[name] = word(trial[name]);
    return { ...trial, passed: trial.passed < 0 ? null : trial.passed === 1, tampered: trial.tampered === 1 };
  });
  const cells = new Map();
  for (const trial of trials) {
    const key = `${trial.task}/${trial.arm}`;
    cells.set(key, [...(cells.get(key) ?? []), trial]);
  }
  return { byId: new Map(trials.map((trial) => [trial.id, trial])), cells, systems, kept };
}

const tasksOnce = new Map();

/** Gives the trajectory of a trial, or null where this file does not hold it. */
export async function readTrajectory(trial, systems) {
  if (trial.segment < 0) return null;
  if (!tasksOnce.has(trial.task)) {
    const packed = document.getElementById(`task-${trial.task}`).textContent.split(" ");
    tasksOnce.set(trial.task, Promise.all(packed.map(inflated)).then(sharedTexts));
  }
  const { segments, texts } = await tasksOnce.get(trial.task);
  return unpacked(segments[trial.segment], texts, systems);
}

// A text that came before is a number: its place among all texts of the task.
function sharedTexts(segments) {
  return { segments, texts: segments.flatMap((segment) => segment.texts) };
}

function unpacked(segment, texts, systems) {
  const text = (value) => (typeof value === "number" ? texts[value] : value);
  const notes = (list) => list.map(([kind, value]) => ({ kind, text: text(value) }));
  const call = ([tool, args, result, decision, errorKind, exitCode, timedOut, durationMs]) => {
    return { tool, arguments: text(args), result: text(result), decision, errorKind, exitCode, timedOut: timedOut === 1, durationMs };
  };
  const step = ([iteration, said, reasoning, finish, uncached, cached, output, costUsd, durationMs, calls, noted]) => {
    const figures = { iteration, finish, uncached, cached, output, costUsd, durationMs };
    return { ...figures, text: text(said), reasoning: text(reasoning), calls: calls.map(call), notes: notes(noted) };
  };
  return {
    system: systems[segment.system] ?? "",
    firstTurns: segment.firstTurns.map(text),
    steps: segment.steps.map(step),
    notes: notes(segment.notes),
    tests: segment.tests.map(([name, status, message]) => ({ name: text(name), status, message: text(message) })),
    tampering: segment.tampering.map(([kind, evidence]) => ({ kind, evidence: text(evidence) })),
    testLog: text(segment.testLog),
  };
}
