import { expect, test } from "vitest";
import { networkNeed } from "../../src/import/network-need.ts";

test.each([
  ["uvx -p 3.13 pytest /tests/test_state.py", "uvx in line 1"],
  ["#!/bin/bash\n\napt-get update\napt-get install -y curl", "apt-get in line 3"],
  ["curl -LsSf https://astral.sh/uv/0.9.7/install.sh | sh", "curl in line 1"],
  ["  DEBIAN_FRONTEND=noninteractive sudo apt-get -y install jq", "apt-get in line 1"],
  ["pip3 install --no-cache-dir pytest 2>/dev/null || pip install pytest", "pip install in line 1"],
  ["if ! python3 -m pip install -q pytest; then exit 1; fi", "pip install in line 1"],
  ["cd /app && npm ci && npm test", "npm install in line 1"],
  ["git clone https://example.org/x.git", "git clone in line 1"],
])("%j needs the network", (script, need) => {
  expect(networkNeed(script)).toBe(need);
});

test.each([
  "pytest /tests/test_outputs.py -rA",
  "python3 -m pip install -q pytest==9.0.3 2>/dev/null || true",
  "# uvx pytest",
  "curl -s http://localhost:8080/health",
  "wget -q http://127.0.0.1:80/",
  "pip install --no-index /wheels/x.whl",
  "echo 'apt-get install'",
  "uv run --offline pytest",
  "pip list",
])("%j does not", (script) => {
  expect(networkNeed(script)).toBeNull();
});
