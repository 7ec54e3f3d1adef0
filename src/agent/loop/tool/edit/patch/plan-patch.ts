import { posix } from "node:path";
import type { PatchOperation } from "../../../../../core/patch.ts";
import type { FileChange, Sandbox } from "../../../../../core/sandbox.ts";
import { failed, type ToolOutcome } from "../../outcome.ts";
import { refusePath } from "../../path.ts";
import { MAX_WRITE_BYTES, type OpenedFile, openTextFile } from "../../text-file.ts";
import { grouped } from "../../truncate.ts";
import { closestLine } from "../closest-line.ts";
import { decodeEditable, encodeEdited } from "../line-ending.ts";
import type { FoundBy } from "./line-search.ts";
import { type PlacedHunks, placeHunks } from "./place-hunks.ts";

/** What one operation of a patch does, for its result: `A`dded, `M`odified, `D`eleted or `R`enamed. */
export type PatchedFile = {
  readonly mark: "A" | "M" | "D" | "R";
  readonly path: string;
  readonly movedTo: string | null;
  readonly by: FoundBy;
};

/** All changes of a patch, none of which is made yet, or the error for the model. */
export type PatchPlan =
  | { readonly kind: "planned"; readonly changes: readonly FileChange[]; readonly files: readonly PatchedFile[] }
  | { readonly kind: "failed"; readonly outcome: ToolOutcome };

type Failed = Extract<PatchPlan, { kind: "failed" }>;
type Update = Extract<PatchOperation, { kind: "update" }>;

/** A file as it is after the operations so far, under the path by which they name it; `bytes` null is gone. `isMade` tells one that exists only because of the patch. */
type Drafted = {
  readonly path: string;
  readonly bytes: Uint8Array | null;
  readonly modeOf: string | null;
  readonly isMade: boolean;
};

/** Works out what the operations do, one after the other, each on what those before it leave. Reads the files that are updated, all at once, and changes nothing. */
export async function planPatch(sandbox: Sandbox, operations: readonly PatchOperation[]): Promise<PatchPlan> {
  const planner = new Planner(sandbox, await openUpdated(sandbox, operations));
  for (const operation of operations) {
    const failure = await planner.add(operation);
    if (failure !== null) return failure;
  }
  return planner.plan();
}

async function openUpdated(sandbox: Sandbox, operations: readonly PatchOperation[]): Promise<ReadonlyMap<string, OpenedFile>> {
  const paths = new Set(operations.flatMap((operation) => (operation.kind === "update" ? [operation.path] : [])));
  const opened = [...paths].map(async (path) => [path, await openTextFile(sandbox, path, MAX_WRITE_BYTES)] as const);
  return new Map(await Promise.all(opened));
}

class Planner {
  readonly #workspace: string;
  readonly #opened: ReadonlyMap<string, OpenedFile>;
  readonly #drafts = new Map<string, Drafted>();
  readonly #files: PatchedFile[] = [];
  #differs = false;

  constructor({ workspace }: Sandbox, opened: ReadonlyMap<string, OpenedFile>) {
    this.#workspace = workspace;
    this.#opened = opened;
  }

  add(operation: PatchOperation): Failed | null | Promise<Failed | null> {
    const refused =
      refusePath(operation.path) ?? (operation.kind === "update" && operation.moveTo !== null ? refusePath(operation.moveTo) : null);
    if (refused !== null) return failure(refused);
    if (operation.kind === "update") return this.#update(operation);
    const { path } = operation;
    const draft = this.#drafts.get(this.#name(path));
    if (operation.kind === "add") {
      const bytes = new TextEncoder().encode(operation.text);
      this.#files.push({ mark: "A", path, movedTo: null, by: "exact" });
      return this.#write(path, { bytes, modeOf: null, isMade: true });
    }
    if (draft?.isMade === true || draft?.bytes === null) {
      const sentence = `the patch deletes '${path}', which an operation before it ${draft.bytes === null ? "removes" : "makes"}.`;
      return failure(failed("invalid_arguments", sentence, "Leave one of the two out."));
    }
    this.#files.push({ mark: "D", path, movedTo: null, by: "exact" });
    return this.#write(path, { bytes: null, modeOf: null, isMade: false });
  }

  plan(): PatchPlan {
    if (!this.#differs) return failure(failed("no_change", "the patch would leave every file as it is."));
    const changes = [...this.#drafts.values()].map(
      ({ path, bytes, modeOf }): FileChange => (bytes === null ? { kind: "remove", path } : { kind: "write", path, bytes, modeOf }),
    );
    return { kind: "planned", changes, files: this.#files };
  }

  async #update(operation: Update): Promise<Failed | null> {
    const { path, moveTo, hunks } = operation;
    const before = this.#contentOf(path);
    if (before.kind === "failed") return before;
    const editable = decodeEditable(before.bytes);
    if (editable === null) return failure(failed("binary_file", `'${path}' is not valid UTF-8.`, "Change it with a command or a program."));
    const placed = await placeHunks(editable.text, hunks);
    if (placed.kind === "not-found") return failure(explain(path, editable.text, placed));
    const after = { bytes: encodeEdited(editable, placed.replacements), modeOf: before.modeOf, isMade: before.isMade };
    const isMoved = moveTo !== null && this.#name(moveTo) !== this.#name(path);
    this.#differs ||= Buffer.compare(after.bytes, before.bytes) !== 0;
    this.#files.push({ mark: isMoved ? "R" : "M", path, movedTo: isMoved ? moveTo : null, by: placed.by });
    if (!isMoved) return this.#write(path, after, this.#differs);
    return (
      this.#write(moveTo, { ...after, modeOf: before.isMade ? before.modeOf : path, isMade: true }) ??
      (before.isMade ? this.#forget(path) : this.#write(path, { bytes: null, modeOf: null, isMade: false }))
    );
  }

  #contentOf(
    path: string,
  ): { readonly kind: "content"; readonly bytes: Uint8Array; readonly modeOf: string | null; readonly isMade: boolean } | Failed {
    const draft = this.#drafts.get(this.#name(path));
    if (draft?.bytes === null) return failure(failed("not_found", `'${path}' was removed by an operation before it.`));
    if (draft !== undefined) return { kind: "content", bytes: draft.bytes, modeOf: draft.modeOf, isMade: draft.isMade };
    const opened = this.#opened.get(path);
    if (opened === undefined) return failure(failed("not_found", `'${path}' does not exist.`));
    return opened.kind === "failed" ? opened : { kind: "content", bytes: opened.bytes, modeOf: null, isMade: false };
  }

  #write(path: string, draft: Omit<Drafted, "path">, differs = true): Failed | null {
    if (draft.bytes !== null && draft.bytes.length > MAX_WRITE_BYTES) {
      return failure(
        failed("too_large", `${path} would be ${grouped(draft.bytes.length)} bytes; the limit is ${grouped(MAX_WRITE_BYTES)}.`),
      );
    }
    this.#differs ||= differs;
    this.#drafts.set(this.#name(path), { ...draft, path });
    return null;
  }

  #forget(path: string): null {
    this.#drafts.delete(this.#name(path));
    return null;
  }

  // One name for the ways in which a path can be written; links are followed by the sandbox alone, which refuses two names of one file.
  #name(path: string): string {
    return posix.resolve(this.#workspace, path);
  }
}

function explain(path: string, text: string, { hunk, part, wanted, afterLine }: Extract<PlacedHunks, { kind: "not-found" }>): ToolOutcome {
  const where = afterLine === 0 ? path : `${path} after line ${grouped(afterLine)}`;
  if (part === "header") {
    const advice = /^-\d+(?:,\d+)? \+\d/.test(wanted)
      ? "Line numbers are not used: write '@@' alone, or '@@ ' and a line of the file that comes before the change."
      : closestLine(text, wanted);
    return failed(
      "no_match",
      `hunk ${hunk}: the line of its header '@@ ${wanted.slice(0, 200)}' was not found in ${where}.`,
      advice ?? undefined,
    );
  }
  const advice = closestLine(text, wanted) ?? "Read the file again: kept and removed lines must be those of the file, in their order.";
  return failed("no_match", `hunk ${hunk}: its kept and removed lines do not stand together in ${where}.`, advice);
}

function failure(outcome: ToolOutcome): Failed {
  return { kind: "failed", outcome };
}
