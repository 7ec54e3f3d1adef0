import { printable } from "../core/printable.ts";
import { readText } from "../files/file.ts";
import { isThere } from "../files/folder.ts";
import { type Place, placeInside } from "../files/place.ts";
import { networkNeed } from "./network-need.ts";

/** Why a task cannot run here: the kind of tasks that it is one of, and the reason. */
export type Obstacle = { readonly kind: string; readonly reason: string };

const MAX_NAMED = 3;

/** The obstacle of a task with several machines, by the names of its services. */
export function severalMachines(services: readonly string[]): Obstacle {
  const named = services.slice(0, MAX_NAMED).map((name) => printable(name));
  const reason = `a task is one machine here, and it describes ${services.length}: ${named.join(", ")}${services.length > MAX_NAMED ? ", ..." : ""}`;
  return { kind: "docker-compose", reason };
}

/** The obstacle of a task whose test script plainly needs the network; null for one that does not, or has no such script. */
export function networkOfTests(folder: Place, path: string): Obstacle | null {
  const script = placeInside(folder, path);
  const need = isThere(script) ? networkNeed(readText(script)) : null;
  return need === null
    ? null
    : { kind: "network", reason: `its tests install or load something over the network (${need}); put that into its image` };
}
