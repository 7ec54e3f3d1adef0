import { UserError } from "../../core/errors.ts";
import type { LoadedSuite, LoadOptions } from "../../core/suite.ts";
import type { Task } from "../../core/task.ts";
import { isFolder } from "../../files/folder.ts";
import { placeNamed, shown } from "../../files/place.ts";
import { Gaps } from "../gaps.ts";
import { eachObject } from "../python/json-objects.ts";
import { Replacements } from "../replacements.ts";
import { imported, NO_OPTIONS, suiteName } from "../task-folders.ts";
import { type FoundInstance, type Instance, readInstance } from "./instance.ts";
import { type ImageSource, imagesOf, instanceImage } from "./instance-image.ts";
import { instanceTask } from "./instance-task.ts";
import { readTaskRepository } from "./task-repository.ts";
import { obstacleInNames } from "./test-names.ts";

/**
 * Loads instances of SWE-bench in place: a file of JSON Lines or a JSON list, plain or compressed with gzip, as the data sets are exported, or a folder in which each task is a folder.
 *
 * Counted in `leftOut`, by name, are those that cannot run here. Throws UserError when there is nothing at the path that can be loaded, or when an instance is malformed.
 */
export async function loadSwebench(path: string, options: LoadOptions = NO_OPTIONS): Promise<LoadedSuite> {
  const images = imagesOf(options.images, isFolder);
  if (images !== null && typeof images !== "string" && !isFolder(images))
    throw new UserError(`Cannot use --images "${shown(options.images ?? "")}": there is no such folder; check the path`);
  const found = isFolder(placeNamed(path)) ? readTaskRepository(path) : readFile(path);
  if (found.length === 0) throw new UserError(`Cannot import "${shown(path)}": it holds no instance; check the path`);
  rejectDuplicates(path, found);
  const suite = suiteName("swebench", path.replace(/\.(?:jsonl|json)(?:\.gz)?$/i, ""));
  const gaps = new Gaps();
  const replaced = new Replacements(options);
  const tasks: Task[] = [];
  // Where all are of one repository, they are what is compared over; where there are several, tasks of one hang together.
  const isGrouped = new Set(found.map(({ instance }) => instance.repo)).size > 1;
  for (const { instance, own } of found) {
    const task = await loadOne(instance, { source: { images, own }, suite, options, gaps, replaced });
    if (task !== null) tasks.push(isGrouped ? { ...task, group: instance.repo } : task);
  }
  return imported({ path, suite, tasks, found: found.length, gaps, replaced, notices: [] });
}

type Loading = {
  readonly source: ImageSource;
  readonly suite: string;
  readonly options: LoadOptions;
  readonly gaps: Gaps;
  readonly replaced: Replacements;
};

async function loadOne(instance: Instance, { source, suite, options, gaps, replaced }: Loading): Promise<Task | null> {
  const inNames = obstacleInNames(instance);
  if (inNames !== null) {
    gaps.add({ ...inNames, name: instance.id });
    return null;
  }
  const found = await instanceImage(instance, source, options);
  if (found.kind === "missing") {
    gaps.add({ ...found.obstacle, name: instance.id });
    return null;
  }
  replaced.add(found.image.replaced);
  return instanceTask(instance, { suite, image: found.image, python: found.python });
}

function readFile(path: string): readonly FoundInstance[] {
  const found: FoundInstance[] = [];
  eachObject(path, (object) => void found.push({ instance: readInstance(object), own: null }));
  return found;
}

function rejectDuplicates(path: string, found: readonly FoundInstance[]): void {
  const known = new Set<string>();
  for (const { instance } of found) {
    if (known.has(instance.id)) throw new UserError(`Cannot import "${shown(path)}": it has "${instance.id}" twice; remove one`);
    known.add(instance.id);
  }
}
