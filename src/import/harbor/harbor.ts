import { counted } from "../../core/format.ts";
import type { LoadedSuite, LoadOptions } from "../../core/suite.ts";
import { loadTaskFolders, NO_OPTIONS } from "../task-folders.ts";
import { loadHarborTask } from "./harbor-task.ts";
import { obstacleOf } from "./obstacle.ts";
import { readTaskToml, TASK_FILE, type TaskToml } from "./task-toml.ts";

/** Loads tasks in Harbor's format in place, as `loadTaskFolders` does. */
export function loadHarbor(path: string, options: LoadOptions = NO_OPTIONS): LoadedSuite {
  let withNetwork = 0;
  return loadTaskFolders(path, options, {
    name: "harbor",
    noun: "task of Harbor's format",
    marks: [TASK_FILE],
    load: ({ folder, id, suite }) => {
      const { toml, unused } = readTaskToml(folder);
      const obstacle = obstacleOf(folder, toml);
      if (obstacle !== null) return { kind: "obstacle", obstacle };
      if (hasNetwork(toml)) withNetwork += 1;
      return { kind: "loaded", unused, ...loadHarborTask(folder, toml, { ...options, id, suite }) };
    },
    notices: (all) => (withNetwork === 0 ? [] : [networkNotice(withNetwork, all)]),
  });
}

function hasNetwork({ environment = {} }: TaskToml): boolean {
  const usual = environment.allow_internet === false ? "no-network" : "public";
  return (environment.network_mode ?? environment.network?.mode ?? usual) !== "no-network";
}

function networkNotice(withNetwork: number, all: number): string {
  return `${withNetwork} of ${counted(all, "task")} would have the network in Harbor; sandboxes here have none, so that a task which needs it cannot be solved`;
}
