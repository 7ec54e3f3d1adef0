import { expect, test } from "vitest";
import { CapReached, InfraError } from "../../../src/core/errors.ts";
import type { LastPrompt, ModelRequest } from "../../../src/core/model.ts";
import { call, calls, says, usage } from "../../fixtures/turn-model.ts";
import { runTrial } from "../trial.ts";

const look = () => calls([call("read_file", { path: "a.txt" })]);

test("a trial whose known cost reaches its limit ends there and is graded", async () => {
  const trial = await runTrial((_request, index) => {
    if (index === 1) throw new CapReached("trial", "the limit of $1 for the trial is reached", "spent");
    return look();
  });

  expect(trial.stop).toEqual({ kind: "budget-cost", detail: "the limit of $1 for the trial is reached" });
});

test("a trial that only requests of unknown cost keep from continuing is an error of the provider", async () => {
  const trial = runTrial((_request, index) => {
    if (index === 1) throw new CapReached("trial", "the limit of $1 for the trial is reached", "assumed");
    return look();
  });

  const error = await trial.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InfraError);
  expect(error).toMatchObject({
    source: "provider",
    scope: "trial",
    message: expect.stringContaining("the limit of $1 for the trial is reached"),
  });
});

test("a limit of the run or the arm passes through", async () => {
  const reached = new CapReached("run", "the limit of $1 for the run is reached");
  const trial = runTrial(() => {
    throw reached;
  });

  expect(await trial.catch((thrown: unknown) => thrown)).toBe(reached);
});

test("an answer that the last money cut is dropped, costs what it cost, and the same request is sent again", async () => {
  const cut = says("Half of", { finish: "cap", loweredTo: 700 });
  const trial = await runTrial([look(), cut, says("Done.")], { limits: { maxIterations: 3 }, profile: "read-only" });

  expect(trial.stop.kind).toBe("completed");
  expect(trial.model.requests[2]).toEqual(trial.model.requests[1]);
  // It is a step of its own, and no iteration.
  expect(trial.steps).toHaveLength(3);
  expect(trial.journal.entries).toContainEqual(
    expect.objectContaining({
      kind: "noted",
      note: { kind: "cap", text: "a spending limit is nearly used up: the answer was limited to 700 tokens, not 16000" },
    }),
  );
});

test("the model is told with each request how long the last prompt was", async () => {
  const told: (LastPrompt | undefined)[] = [];
  const sent: ModelRequest["turns"][] = [];
  await runTrial((request, index) => {
    told.push(request.lastPrompt);
    sent.push(request.turns);
    if (index === 2) return says("Done.", { usage: { ...usage(0, 0), isKnown: false } });
    return index === 3 ? says("Done.") : { ...look(), usage: usage(100 * (index + 1), 10) };
  });

  expect(told[0]).toBeUndefined();
  expect(told[1]).toEqual({ tokens: 100, turns: sent[0] });
  expect(told[2]).toEqual({ tokens: 200, turns: sent[1] });
  // Turns that are sent again are the same objects, so that new ones are told from them.
  expect(sent[2]?.slice(0, sent[1]?.length)).toEqual(sent[1]);
  expect(told[2]?.turns.every((turn, index) => turn === sent[2]?.[index])).toBe(true);
});
