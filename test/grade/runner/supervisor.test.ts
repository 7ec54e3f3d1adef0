import { expect, test } from "vitest";
import type { CommandResult } from "../../../src/core/sandbox.ts";
import { readSupervisor, supervisorCommand } from "../../../src/grade/runner/supervisor.ts";

const TOKEN = "token";
const STEP = { exit: { kind: "exited", code: 1 }, durationMs: 2, events: [{ kind: "end" }], strays: 0, reports: [], log: "said" };
const REPORT = { token: TOKEN, users: "two", outOfMemory: false, steps: [STEP] };

function printed(text: string, omittedBytes = 0): CommandResult {
  const head = new TextEncoder().encode(text);
  return { exit: { kind: "exited", code: 0 }, head, tail: new Uint8Array(), omittedBytes, omittedLines: 0, durationMs: 1 };
}

test("a report is read as it was written", () => {
  expect(readSupervisor(printed(`${TOKEN}\n${JSON.stringify(REPORT)}\n`), TOKEN)).toEqual({
    begun: true,
    report: { users: "two", outOfMemory: false, steps: [STEP] },
  });
});

test("files arrive as the bytes that they have", () => {
  const reports = [{ path: "/tmp/report.xml", base64: Buffer.from([0, 255]).toString("base64") }];
  const told = readSupervisor(printed(`${TOKEN}\n${JSON.stringify({ ...REPORT, steps: [{ ...STEP, reports }] })}\n`), TOKEN);

  expect(told).toMatchObject({ report: { steps: [{ reports: [{ path: "/tmp/report.xml", bytes: Buffer.from([0, 255]) }] }] } });
});

test.for(["", "python3: No such file", `x${TOKEN}\n`, TOKEN, "other\n{}"])("%j is a supervisor that did not begin", (text) => {
  expect(readSupervisor(printed(text), TOKEN)).toEqual({ begun: false });
});

test.for([
  "",
  "{",
  "null",
  "[]",
  JSON.stringify({ ...REPORT, token: "other" }),
  JSON.stringify({ ...REPORT, users: "three" }),
  JSON.stringify({ ...REPORT, outOfMemory: 1 }),
  JSON.stringify({ ...REPORT, steps: {} }),
  JSON.stringify({ ...REPORT, steps: [null] }),
  JSON.stringify({ ...REPORT, steps: [{ ...STEP, exit: { kind: "vanished" } }] }),
  JSON.stringify({ ...REPORT, steps: [{ ...STEP, exit: { kind: "exited", code: "1" } }] }),
  JSON.stringify({ ...REPORT, steps: [{ ...STEP, events: {} }] }),
  `${JSON.stringify(REPORT).slice(0, -1)}, "outOfMemory": NaN}`,
])("%s is no report, which is the solution's failure once the supervisor has begun", (text) => {
  expect(readSupervisor(printed(`${TOKEN}\n${text}`), TOKEN)).toEqual({ begun: true, report: null });
});

test("output that was cut is no report", () => {
  expect(readSupervisor(printed(`${TOKEN}\n${JSON.stringify(REPORT)}\n`, 1), TOKEN)).toEqual({ begun: true, report: null });
});

test("files follow the plan as they are", () => {
  const files = [
    { path: "a.sh", bytes: new TextEncoder().encode("ä\n"), executable: true },
    { path: "b", bytes: new Uint8Array([0, 10]), executable: false },
  ];
  const command = supervisorCommand({
    token: TOKEN,
    isolation: "none",
    timeoutMs: 1000,
    testsRoot: "/tmp/tests",
    plan: { files, steps: [] },
  });
  const stdin = Buffer.from(command.stdin ?? []);
  const end = stdin.indexOf("\n") + 1;

  expect(JSON.parse(stdin.subarray(0, end).toString())).toMatchObject({
    token: TOKEN,
    workspace: "/workspace",
    files: [
      { path: "a.sh", size: 3, executable: true },
      { path: "b", size: 2, executable: false },
    ],
  });
  expect([...stdin.subarray(end)]).toEqual([...Buffer.from("ä\n"), 0, 10]);
});
