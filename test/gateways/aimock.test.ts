import { describe, expect, test } from "vitest";
import { loadSuite } from "../../src/config/suite.ts";
import { playTasks, startAimockPlaying } from "../fixtures/aimock-model.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import { entryOf, FORMS, startArms, storedOf } from "./gateway-run.ts";

// Faults in depth are in test/run/aimock.test.ts; this is its line of the table.
describe("a model behind aimock passes, and its counts are those that aimock was told", () => {
  test.for(FORMS)("$api, streamed: $stream", async ({ api, stream }, { task }) => {
    task.meta.gateway = entryOf("aimock", { api, stream });
    using folder = new TempFolder();
    folder.write(Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text])));
    const { tasks } = loadSuite(folder.at("tasks/tiny"));
    const server = await startAimockPlaying(playTasks(tasks));
    const url = server.baseUrl(api).replace(/\/v1$/, "");
    const { code } = await startArms(folder, [{ name: "solver", api, stream, model: "solver", url }]).end;
    const found = storedOf(folder).get("solver");

    expect(code).toBe(0);
    expect(found).toMatchObject({ outcome: "graded", passed: true, stop: "completed" });
    expect(found?.tokens.output).toBe(10 * (found?.steps.length ?? 0));
  });
});
