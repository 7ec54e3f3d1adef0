import { runProgram } from "./command-outcome.ts";
import { failed } from "./outcome.ts";
import { timeoutField } from "./run-command.ts";
import { defineTool, type Tool } from "./tool.ts";

// The program is written to a file outside the workspace, always the same one: tracebacks show its lines, and the same failure has the
// same text twice. The workspace is on the module path, as it would be for a program inside it.
const RUN_FROM_FILE = `program="\${TMPDIR:-/tmp}/program.py"; cat > "$program" && PYTHONPATH="$PWD" exec python3 "$program" < /dev/null`;

/** Makes the tool that runs a Python program, for at most `maxSeconds`. */
export function runPythonTool(maxSeconds: number): Tool {
  return defineTool({
    name: "run_python",
    tier: "execute",
    description: `Run a Python 3 program in the workspace root and return its exit code and output. Killed after ${maxSeconds} seconds.`,
    fields: {
      code: { type: "string", description: "The program text.", required: true },
      timeout_seconds: timeoutField(maxSeconds),
    },
    run: async ({ code, timeout_seconds: timeoutSeconds = maxSeconds }, context) => {
      if (code.trim() === "") return failed("invalid_arguments", "code must not be empty.");
      const stdin = new TextEncoder().encode(code);
      const env = { PYTHONDONTWRITEBYTECODE: "1" };
      return runProgram({ command: ["bash", "-c", RUN_FROM_FILE], stdin, env, timeoutSeconds }, context);
    },
  });
}
