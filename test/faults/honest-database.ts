import { Store } from "../../src/store/store.ts";
import { aKey, anArm, aResponse, aRun, aTask, aTrial, graded } from "../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

/** Makes an honest database with two runs, a trajectory, an error, a baseline, a gate, and what a run stores besides. */
export function makeHonestDatabase(path: string): void {
  const store = new Store(path, NOW);
  const [oracle, flawed] = [anArm("oracle"), anArm("flawed")];
  const gate = {
    maxDrop: 0.05,
    alpha: 0.05,
    mode: "regression",
    rounds: 2,
    baseline: { runId: null, armId: flawed.id },
    candidate: oracle.id,
  };
  for (const [id, settings] of [
    ["run-1", { flags: { suite: ["tasks"], attempts: 2 }, git: { commit: "c", branch: "main", dirty: false }, images: { i: "sha" } }],
    ["run-2", { flags: {}, gate }],
  ] as const) {
    const run = { ...aRun({ id, attempts: 2, settings }), tags: ["nightly"] };
    store.saveRun({ run, arms: [oracle, flawed], tasks: [aTask("add"), aTask("sub"), aTask("mul")] });
    for (const arm of [oracle, flawed])
      for (const taskId of ["add", "sub", "mul"])
        for (const attempt of [1, 2]) {
          const key = aKey({ runId: id, armId: arm.id, taskId, attempt });
          const { executionId, journal } = store.executions.start(key);
          const call = { id: "c1", name: "read_file", args: { kind: "ok", value: { path: "a.py" } }, rawArguments: null } as const;
          journal.opened({ system: "Work carefully.", firstTurns: ["Add."], tools: "[]" });
          journal.responded(1, aResponse("Looking. ".repeat(60), [call]));
          journal.toolStarted(1, 0, call);
          journal.toolFinished(1, 0, {
            call,
            result: { callId: "c1", name: "read_file", text: "content ".repeat(100), isError: false },
            tier: "read",
            decision: "allowed",
            errorKind: null,
            exitCode: 0,
            timedOut: false,
            durationMs: 3,
            fullOutput: null,
          });
          journal.noted(1, { kind: "nudge", text: "Go on." });
          const files = [{ path: "add.py", bytes: Buffer.from("x = 1\n".repeat(80)), executable: false }];
          store.executions.saveSubmission(executionId, {
            stop: { kind: "completed", detail: "" },
            files,
            isWhole: false,
            workingMs: 5,
            unbilledAttempts: 0,
            inputsDigest: "inputs",
          });
          const isError = taskId === "mul" && attempt === 2;
          store.saveTrial(
            aTrial(key, isError ? { kind: "error", source: "provider", message: "down" } : graded(arm === oracle || taskId === "add")),
            executionId,
          );
        }
    store.endRun(id, "complete");
  }
  store.saveBaseline("main", { runId: "run-1", armId: flawed.id });
  store.saveExpected("digest-of-add", "sha", { required: ["one"], shapes: null });
  store.close();
}
