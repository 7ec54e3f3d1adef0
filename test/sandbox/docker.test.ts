import { sandboxContract } from "../contract/sandbox-contract.ts";
import { connectEngine } from "../../src/sandbox/engine.ts";
import { openDockerSandbox } from "../../src/sandbox/docker.ts";
import type { SandboxLimits } from "../../src/core/task.ts";

const open = openDockerSandbox(connectEngine());
const image = "bench-sandbox:latest";

sandboxContract({ open: (limits: SandboxLimits) => open({ image, limits, runtime: null, labels: { "bench.run": "test" } }, new AbortController().signal) });
