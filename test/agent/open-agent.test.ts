import { expect, test } from "vitest";
import { openAgent } from "../../src/agent/open-agent.ts";
import { cliSpec, loopSpec } from "../fixtures/agent-settings.ts";

test("the loop and the command lines of other agents are opened", () => {
  for (const spec of [loopSpec(), cliSpec()]) expect(openAgent(spec)).toMatchObject({ work: expect.any(Function) });
});
