import { expect, test } from "vitest";
import { TranscriptReplay } from "../../../src/agent/loop/transcript-replay.ts";
import { type Action, type Difference, type Past, ReplayDiverged } from "../../../src/core/agent.ts";
import { call, says } from "../../fixtures/turn-model.ts";

function action(text: string, changes: Partial<Action> = {}): Action {
  const made = call("run_command", { command: "x" });
  return {
    call: made,
    result: { callId: made.id, name: made.name, text, isError: false },
    tier: "execute",
    decision: "allowed",
    errorKind: null,
    exitCode: 0,
    timedOut: false,
    durationMs: 5,
    fullOutput: null,
    ...changes,
  };
}

function pastOf(text: string, changes: Partial<Action> = {}): Past {
  const { call: _call, result, ...rest } = action(text, changes);
  return {
    opening: { system: "s", firstTurns: ["t"], tools: "[]" },
    answers: [says("one"), { kind: "cut" }],
    actions: new Map([["1/0", { ...rest, text: result.text }]]),
  };
}

test("recorded answers come in order, then null", () => {
  const replay = new TranscriptReplay(pastOf("x"));
  expect([replay.nextAnswer()?.kind, replay.nextAnswer()?.kind, replay.nextAnswer()]).toEqual(["response", "cut", null]);
  expect(new TranscriptReplay(null).nextAnswer()).toBeNull();
});

test.for<[string, string]>([
  ["exit code: 0 (0.1 s)\nok", "exit code: 0 (12.9 s)\nok"],
  ["Wed Nov 25 10:18:16 UTC 2026", "Thu Nov 26 11:00:00 UTC 2026"],
  ["-rw-r--r-- 1 a a 3 Nov 25 10:44 add.py", "-rw-r--r-- 1 a a 3 Nov 26 09:01 add.py"],
  ["3 passed in 0.02s", "3 passed in 1.40s"],
  ["at 2026-11-25T10:18:16.123Z", "at 2026-11-26T00:00:00.000Z"],
  ["<object at 0x7f00deadbeef>", "<object at 0x7f11deadbe00>"],
  ["wrote /tmp/tmpab12cd", "wrote /tmp/tmpzz99yy"],
])("times, durations, addresses and temporary paths are no difference: %s", ([before, now]) => {
  const kept = new TranscriptReplay(pastOf(before)).settle(1, 0, action(now, { durationMs: 99 }));
  expect(kept.result.text).toBe(before);
  expect(kept.durationMs).toBe(5);
});

test.for<[string, Action, RegExp]>([
  ["another text", action("two"), /run_command in response 1 differs from the record: it was "one", now it is "two"/],
  ["another exit code", action("one", { exitCode: 1 }), /it was "0", now it is "1"/],
  ["an error", action("one", { errorKind: "not_found" }), /it was "", now it is "not_found"/],
  ["running out of time", action("one", { timedOut: true }), /now it is "ran out of time"/],
])("%s is a difference, and a resumed trial stops there", ([, now, message]) => {
  const settle = (): unknown => new TranscriptReplay(pastOf("one")).settle(1, 0, now);
  expect(settle).toThrow(ReplayDiverged);
  expect(settle).toThrow(message);
});

test("a replay that collects differences gets each of them, and continues with the record", () => {
  const found: Difference[] = [];
  const replay = new TranscriptReplay(pastOf("one"), (difference) => found.push(difference));
  replay.open({ system: "another", firstTurns: ["t"], tools: "[]" });
  const kept = replay.settle(1, 0, action("two"));

  expect(found.map(({ where }) => where)).toEqual(["the system prompt", "run_command in response 1"]);
  expect(kept.result.text).toBe("one");
});

test("a call that is not in the record keeps its new result", () => {
  expect(new TranscriptReplay(pastOf("one")).settle(2, 0, action("new")).result.text).toBe("new");
});
