import { runProgram } from "./command-outcome.ts";
import { denyCommand } from "./command-policy.ts";
import { failed } from "./outcome.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Makes the tool that runs a bash command line, for at most `maxSeconds`. */
export function runCommandTool(maxSeconds: number): Tool {
  return defineTool({
    name: "run_command",
    tier: "execute",
    description: `Run a shell command with bash in the workspace root and return its exit code and output. Each call starts a new shell: 'cd' and variables do not carry over. There is no network and no standard input. Commands are killed after ${maxSeconds} seconds.`,
    fields: {
      command: { type: "string", description: "The command line.", required: true },
      timeout_seconds: timeoutField(maxSeconds),
    },
    run: async ({ command, timeout_seconds: timeoutSeconds = maxSeconds }, context) => {
      if (command.trim() === "") return failed("invalid_arguments", "command must not be empty.");
      if (command.includes("\0")) return failed("invalid_arguments", "command must not contain NUL bytes.");
      const reason = denyCommand(command);
      if (reason !== null) return failed("policy_denied", `${reason}.`, "Find another way; nothing was run.");
      return runProgram({ command, timeoutSeconds }, context);
    },
  });
}

/** Makes the field for a time limit that the model may set, in seconds. */
export function timeoutField(maxSeconds: number) {
  const description = `1 to ${maxSeconds}. Default ${maxSeconds}.`;
  return { type: "integer", description, required: false, min: 1, max: maxSeconds } as const;
}
