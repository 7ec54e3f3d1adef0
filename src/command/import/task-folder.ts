import { randomBytes } from "node:crypto";
import { suiteSchema } from "../../config/suite.ts";
import { loadTask } from "../../config/task.ts";
import { suiteText, type TaskFields, taskText } from "../../config/task-text.ts";
import { readYaml } from "../../config/yaml-file.ts";
import { UserError } from "../../core/errors.ts";
import type { SourceFile, Task } from "../../core/task.ts";
import { Breather, inTurns } from "../../core/turn.ts";
import { readText } from "../../files/file.ts";
import { foldersIn, isFile, isFolder, isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed, shown } from "../../files/place.ts";
import { publishFolder, removeFolder, replaceFile, writeNewFile } from "../../files/write.ts";
import { slugOf } from "../../import/git/draft-prompt.ts";
import { processOwner } from "../open-store.ts";

/** All that a task is written as. */
export type WrittenTask = {
  readonly id: string;
  readonly fields: TaskFields;
  readonly comment: readonly string[];
  readonly prompt: string;
  readonly tests: readonly SourceFile[];
  readonly reference: readonly SourceFile[];
  /** The folder of an image, by its name below the task; empty where the task has none. */
  readonly image: readonly SourceFile[];
};

/** The folder of a task's image, as its task.yaml names it. */
export const IMAGE_FOLDER = "image";

const WORK = ".import";
const RECORD = "commits.json";
const OWNER = "owner";
const NAME_BYTES = 9;
const MAX_SUITE_NAME = 100;

/**
 * The suite folder that an import fills. Tasks are written in a folder of this process below it, and get their place when they are whole: what a killed import leaves is removed by
 * the next one, and two imports at once do not meet.
 */
export class SuiteFolder implements Disposable {
  readonly #place: Place;
  readonly #work: Place;
  readonly #suite: { readonly name: string; readonly shared: NonNullable<ReturnType<typeof suiteSchema.parse>["defaults"]> };

  /** Opens a suite folder, or begins a new one. Throws UserError when there is something else, or its suite.yaml is malformed. */
  constructor(path: string) {
    this.#place = placeNamed(path);
    const suiteFile = placeInside(this.#place, "suite.yaml");
    if (isFolder(this.#place) && !isFile(suiteFile) && foldersIn(this.#place).length > 0)
      throw new UserError(`Cannot import into "${shown(path)}": it has folders and no suite.yaml; name a suite, or a new folder`);
    const yaml = isFile(suiteFile) ? readYaml(suiteFile, suiteSchema) : null;
    this.#suite = { name: yaml?.name ?? nameOf(this.#place.path), shared: yaml?.defaults ?? {} };
    this.#removeLeftovers();
    this.#work = placeInside(this.#place, `${WORK}/${randomBytes(NAME_BYTES).toString("hex")}`);
    writeNewFile(placeInside(this.#work, OWNER), Buffer.from(processOwner().text), { executable: false });
  }

  /** Where what became of each commit is kept. */
  get record(): Place {
    return placeInside(this.#place, `${WORK}/${RECORD}`);
  }

  /** Checks whether the suite has a task of this name. */
  has(id: string): boolean {
    return isThere(placeInside(this.#place, id));
  }

  /**
   * Writes a task where nobody sees it yet, in the place of an earlier one of its name there, and loads it; the files of its workspace come one after the other. Throws
   * UserError when it cannot be loaded, or the disk is full.
   */
  async write(task: WrittenTask, workspace: AsyncIterable<SourceFile>): Promise<Task> {
    const folder = placeInside(this.#work, task.id);
    removeFolder(folder);
    const breather = new Breather();
    for await (const file of workspace) {
      writeNewFile(placeInside(folder, `workspace/${file.path}`), file.bytes, file);
      await breather.due();
    }
    for (const [part, files] of Object.entries({ tests: task.tests, solution: task.reference }))
      await inTurns(files, (file) => writeNewFile(placeInside(folder, `${part}/${file.path}`), file.bytes, file));
    return this.rewrite(task);
  }

  /** Writes the texts and the image of a task anew that was written before, and loads it again. */
  rewrite({ id, fields, comment, prompt, image }: WrittenTask): Task {
    const folder = placeInside(this.#work, id);
    replaceFile(placeInside(folder, "task.yaml"), [taskText(fields, comment)]);
    replaceFile(placeInside(folder, "prompt.md"), [prompt]);
    const imageFolder = placeInside(folder, IMAGE_FOLDER);
    removeFolder(imageFolder);
    for (const file of image) writeNewFile(placeInside(imageFolder, file.path), file.bytes, file);
    return this.#load(id);
  }

  /** Gives a written task its place in the suite, and the suite its suite.yaml. Leaves what has that name already. */
  publish(id: string): void {
    const suiteFile = placeInside(this.#place, "suite.yaml");
    if (!isThere(suiteFile)) replaceFile(suiteFile, [suiteText({ name: this.#suite.name }, COMMENT)]);
    publishFolder(placeInside(this.#work, id), placeInside(this.#place, id));
  }

  /** Removes what was written of a task and got no place. */
  discard(id: string): void {
    removeFolder(placeInside(this.#work, id));
  }

  [Symbol.dispose](): void {
    removeFolder(this.#work);
  }

  #load(id: string): Task {
    return loadTask(this.#work, { id, suite: this.#suite.name, shared: this.#suite.shared });
  }

  #removeLeftovers(): void {
    const work = placeInside(this.#place, WORK);
    const { hasEnded } = processOwner();
    for (const name of foldersIn(work)) {
      const folder = placeInside(work, name);
      const owner = placeInside(folder, OWNER);
      if (!isFile(owner) || hasEnded(readText(owner))) removeFolder(folder);
    }
  }
}

const COMMENT = ["Tasks made by bench import git. Each prompt is a draft: rewrite it, then remove its line draft: true."];

// The name of a suite is that of its folder, as far as it may be.
function nameOf(path: string): string {
  return slugOf(path.split("/").at(-1) ?? "", MAX_SUITE_NAME) || "mine";
}
