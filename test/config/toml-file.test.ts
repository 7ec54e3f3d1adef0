import { expect, test } from "vitest";
import { lineOfKey } from "../../src/config/toml-file.ts";

const TEXT = `version = "1.0"

[agent]
timeout_sec = 1
env.A = "x"

[[steps]]
name = "one"
[[steps]]
name = "two"
[environment]
healthcheck = { command = "true" }
`;

test.each([
  [["version"], 1],
  [["agent", "timeout_sec"], 4],
  [["agent", "env", "A"], 5],
  [["agent", "missing"], 3],
  [["steps", 0, "name"], 8],
  [["steps", 1, "name"], 10],
  [["environment", "healthcheck", "command"], 12],
  [["nowhere"], 1],
])("the line of %j is %i", (path, line) => {
  expect(lineOfKey(TEXT, path)).toBe(line);
});
