import { UserError } from "../core/errors.ts";

const MB = 1024 * 1024;

/** Reports that a file or folder holds more than may be in memory at once. */
export class Oversized extends UserError {}

/** Largest text that is read whole: configuration files, prompts, instructions. The longest that anyone wrote by hand are a tenth of it. */
export const MAX_TEXT_BYTES = MB;

/** Texts that are read below one folder: those of a suite stay in memory, and thousands of tasks have a hundredth of that. */
export const MAX_TEXTS_BYTES = 64 * MB;

/** Largest file of a task: reading and digesting it takes less than a tenth of a second, in which no signal is answered. */
export const MAX_FILE_BYTES = 32 * MB;

/** What one part of a task (its workspace, its tests, a solution, its image folder) may hold together: a trial has two parts in memory at a time, and several trials run at once. */
export const MAX_PART_BYTES = 64 * MB;

/** Files and folders that one part of a task, or one folder of tasks, may hold: the checkout of a large project has fewer, and listing so many takes a tenth of a second. */
export const MAX_ENTRIES = 20_000;

/** What a workspace may hold that is too large to be held in memory: more than the checkouts of the largest public projects. */
export const MAX_TREE = { entries: 400_000, bytes: 8 * 1024 * MB, fileBytes: 2 * 1024 * MB };

/** Folders inside one another, counted from the folder that is listed: a package inside packages inside packages has about half of that. */
export const MAX_DEPTH = 40;

/** Largest JSON Lines file: published ones have up to 30 MB, and the tasks made of one stay in memory. */
export const MAX_LINES_BYTES = 64 * MB;

/** Lines of a JSON Lines file, each a problem or empty: the largest published set has half of that. */
export const MAX_LINES = 20_000;

/** Longest line of a JSON Lines file: a problem with all of its generated test inputs has about a third of that. */
export const MAX_LINE_BYTES = 16 * MB;

/** Writes a number of bytes for a message, in MB. */
export function inMb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
