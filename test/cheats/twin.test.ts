import { describe, expect, test } from "vitest";
import { dockerSandboxProvider } from "../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../src/sandbox/docker/engine.ts";
import { CHEATS, TASKS } from "./suite.ts";
import { passesUndefended, playTwin } from "./twin.ts";

const sandboxes = dockerSandboxProvider(connectEngine(), {
  image: process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest",
  runId: `twins-${process.pid}`,
});

describe("an undefended grader tells right from wrong on the task", () => {
  test.for(TASKS.map((task) => [task.name, task] as const))("%s", async ([, task]) => {
    expect(await passesUndefended(sandboxes, task, task.reference)).toBe(true);
    expect(await passesUndefended(sandboxes, task, task.wrong)).toBe(false);
  });
});

describe("an undefended grader is fooled by a solution that", () => {
  // Some cheats race with the end of the tests, and need a processor at the right moment.
  const racing = { retry: 2 };
  const playable = CHEATS.filter(({ twin }) => twin.only === undefined || twin.only === process.arch);
  test.concurrent.for(playable.map((cheat) => [cheat.id, cheat] as const))("%s", racing, async ([, cheat], { expect: check }) => {
    check(await playTwin(sandboxes, cheat)).toBe(true);
  });
});
