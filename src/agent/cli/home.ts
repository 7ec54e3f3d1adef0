import type { CliSpec } from "../../core/agent.ts";
import { InfraError } from "../../core/errors.ts";
import { type Sandbox, SandboxLost } from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";

const ASK_MS = 30_000;
const MAX_PATH_BYTES = 4096;

/**
 * Lays an agent's own files into its home folder, and over them those of the user; `filled` fills in the texts. Throws InfraError (source `sandbox`) where they cannot be laid, and UserError where files have changed
 * since the run began.
 */
export async function layHome(sandbox: Sandbox, { files = {}, config }: CliSpec, filled: (text: string) => string): Promise<void> {
  const own = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: Buffer.from(filledFile(path, text, filled)),
    executable: false,
  }));
  const laid = await readConfig(config);
  const all: readonly SourceFile[] = [...own.filter(({ path }) => !laid.some((file) => file.path === path)), ...laid];
  if (all.length === 0) return;
  try {
    await sandbox.putFiles(await homeOf(sandbox), all);
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    throw new InfraError("sandbox", `Cannot lay files into the agent's home folder: ${error.message}; raise sandbox.tmp_mb of the task`, {
      cause: error,
    });
  }
}

async function readConfig(config: CliSpec["config"]): Promise<readonly SourceFile[]> {
  if (config === undefined) return [];
  if (config.read === undefined) throw new Error("the files of the agent were not loaded; this is a bug");
  return config.read();
}

// A name with a quotation mark in it must not end a text of JSON.
function filledFile(path: string, text: string, filled: (text: string) => string): string {
  if (!path.endsWith(".json")) return filled(text);
  return text.replaceAll(/\{(?:model|base_url)\}/g, (name) => JSON.stringify(filled(name)).slice(1, -1));
}

// In a machine of a task's own it is that of the image's user.
async function homeOf(sandbox: Sandbox): Promise<string> {
  const command = ["sh", "-c", 'printf %s "$HOME"'];
  const { head } = await sandbox.run({ command, cwd: "/", env: {}, timeoutMs: ASK_MS, maxOutputBytes: 2 * MAX_PATH_BYTES });
  const home = Buffer.from(head).toString("utf8");
  if (!home.startsWith("/"))
    throw new InfraError("sandbox", "Cannot lay files into the agent's home folder: HOME is not set in the sandbox; set it in the image");
  return home;
}
