import { randomBytes } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { printable } from "../../core/printable.ts";
import type { SourceFile, Task } from "../../core/task.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { publishFolder, removeFolder, writeNewFile } from "../../files/write.ts";
import { type FormatFlags, loadTasks } from "../load-tasks.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { harborForm } from "./harbor-form.ts";

/** The flags of `bench export-tasks`. */
export type ExportFlags = FormatFlags & { readonly task?: readonly string[]; readonly out: string; readonly from?: string };

/**
 * Writes the tasks of a suite in another format, a folder for each, whole or not at all. Nothing that is there is overwritten. Exit code 1 when a task cannot be written in that
 * format. Throws UserError when a suite cannot be read, or a folder cannot be written.
 */
export async function startExport(suites: readonly string[], flags: ExportFlags, terminal: Terminal): Promise<ExitCode> {
  const { suite, notices } = await loadTasks(suites, flags.task ?? [], flags);
  for (const line of notices) terminal.notify(line);
  const out = placeNamed(flags.out);
  const taken = suite.tasks.find(({ id }) => isThere(placeInside(out, id)));
  if (taken !== undefined)
    throw new UserError(
      `Cannot write to "${shown(placeInside(out, taken.id).path)}": it exists already; remove it, or name another folder with --out`,
    );
  let left = 0;
  for (const task of suite.tasks) {
    const form = await harborForm(task, { from: flags.from ?? null });
    if (form.kind === "none") {
      left += 1;
      terminal.notify(`left out ${printable(task.id)}: ${form.reason}`);
      continue;
    }
    writeFolder(out, task, form.files);
    terminal.print(`wrote ${shown(placeInside(out, task.id).path)}`);
  }
  terminal.notify(`${counted(suite.tasks.length - left, "task")} written${left > 0 ? `, ${left} left out` : ""}`);
  return left > 0 ? 1 : 0;
}

function writeFolder(out: Place, { id }: Task, files: readonly SourceFile[]): void {
  const half = placeInside(out, `.bench-${randomBytes(12).toString("hex")}.part`);
  try {
    for (const { path, bytes, executable, kind } of files) {
      if (kind === undefined) writeNewFile(placeInside(half, path), bytes, { executable });
      // Formats of files know no empty folders and no links.
      else if (kind === "folder") writeNewFile(placeInside(half, `${path}/.gitkeep`), new Uint8Array(), { executable: false });
    }
    if (!publishFolder(half, placeInside(out, id)))
      throw new UserError(
        `Cannot write to "${shown(placeInside(out, id).path)}": it exists already; remove it, or name another folder with --out`,
      );
  } finally {
    removeFolder(half);
  }
}
