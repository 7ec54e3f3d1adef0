import { expect, test } from "vitest";
import { openAgent } from "../../src/agent/open-agent.ts";
import { UserError } from "../../src/core/errors.ts";
import { loopSpec } from "../fixtures/agent-settings.ts";

test("the loop is opened, and another agent is refused by its name and version", () => {
  expect(openAgent(loopSpec())).toMatchObject({ work: expect.any(Function) });
  const open = (): unknown => openAgent({ kind: "cli", name: "other", version: "1.2" });
  expect(open).toThrow(UserError);
  expect(open).toThrow('Cannot run agent "other 1.2": this version has no adapter for it');
});
