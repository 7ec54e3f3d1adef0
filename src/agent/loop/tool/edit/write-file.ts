import { failed, succeeded } from "../outcome.ts";
import { refusalOutcome, refusePath } from "../path.ts";
import { linesOf, MAX_WRITE_BYTES } from "../text-file.ts";
import { defineTool } from "../tool.ts";
import { grouped } from "../truncate.ts";

/** Creates a file or replaces its whole content. */
export const writeFile = defineTool({
  name: "write_file",
  tier: "write",
  description: "Create a file or replace its whole content. Parent directories are created. Use edit_file for small changes.",
  fields: {
    path: { type: "string", description: "Path relative to the workspace root.", required: true },
    content: { type: "string", description: "The complete new content of the file.", required: true },
  },
  run: async ({ path, content }, { sandbox }) => {
    const refused = refusePath(path);
    if (refused !== null) return refused;
    const bytes = new TextEncoder().encode(content);
    if (bytes.length > MAX_WRITE_BYTES) {
      return failed("too_large", `content is ${grouped(bytes.length)} bytes; the limit is ${grouped(MAX_WRITE_BYTES)}.`);
    }
    const written = await sandbox.writeFile({ path, root: sandbox.workspace }, { bytes });
    if (written.kind !== "written") return refusalOutcome(path, written, sandbox.workspace);
    const lines = linesOf(content).length;
    const size = `${grouped(bytes.length)} ${bytes.length === 1 ? "byte" : "bytes"} (${grouped(lines)} ${lines === 1 ? "line" : "lines"})`;
    return succeeded(`Wrote ${size} to ${written.path} (${written.created ? "new file" : "replaced"}).`);
  },
});
