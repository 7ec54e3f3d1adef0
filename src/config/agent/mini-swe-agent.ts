import type { KnownAgent } from "./known-agent.ts";

// Its command line takes the task as an argument, and has no flag that tells its version.
const LAUNCHER = `from importlib.metadata import version
from minisweagent.run.mini import app

if sys.argv[1:] == ["--version"]:
    print(version("mini-swe-agent"))
    sys.exit()
sys.argv += ["-t", sys.stdin.read()]
app()
`;

const SETTINGS = [
  "mini.yaml",
  "model.model_kwargs.api_base={base_url}",
  "model.model_kwargs.max_retries=0",
  "model.model_kwargs.timeout=7200",
];

/** mini-SWE-agent (PyPI: mini-swe-agent). Tried with 2.4.6. Limits and retries are the harness's. */
export const miniSweAgent: KnownAgent = {
  name: "mini-swe-agent",
  api: "openai-chat",
  command: [
    "mini",
    "--model",
    "openai/{model}",
    "--yolo",
    "--exit-immediately",
    "--cost-limit",
    "0",
    ...SETTINGS.flatMap((setting) => ["-c", setting]),
  ],
  env: {
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
    MSWEA_CONFIGURED: "true",
    MSWEA_COST_TRACKING: "ignore_errors",
    MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT: "1",
    MSWEA_SILENT_STARTUP: "1",
  },
  install: { kind: "pypi", package: "mini-swe-agent", python: "3.11", launcher: LAUNCHER },
};
