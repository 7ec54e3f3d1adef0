import { expect, test } from "vitest";
import { agentInputs } from "../../src/run/agent-inputs.ts";
import { plannedArmOf } from "../fixtures/plan.ts";
import { aTask } from "../fixtures/record.ts";

test.each([
  { agentSeconds: undefined, expected: 600 },
  { agentSeconds: 90, expected: 90 },
  { agentSeconds: 7200, expected: 600 },
])(
  "with a task's own limit of $agentSeconds s and a run's of 600 s, an agent works for at most $expected s",
  ({ agentSeconds, expected }) => {
    const arm = plannedArmOf({}, { maxWallSeconds: 600 });
    const base = aTask();
    const task = agentSeconds === undefined ? base : { ...base, agentSeconds };
    const planned = { key: { runId: "r", taskId: task.id, armId: arm.id, attempt: 1 }, task, arm };

    expect(agentInputs(planned, []).settings).toEqual({ ...arm.settings, limits: { ...arm.settings.limits, maxWallSeconds: expected } });
  },
);
