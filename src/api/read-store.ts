import type { Whereabouts } from "../report/unfinished-words.ts";
import type { Store } from "../store/store.ts";

/** Where results are kept unless an option says otherwise. */
export const DEFAULT_DATABASE = "results/bench.db";

/** Opens an existing database, reads from it, and closes it; `read` is also told which of its runs are under way; throws UserError when it does not exist. */
export async function readStore<Value>(
  database: string | undefined,
  read: (store: Store, whereabouts: Whereabouts) => Value | Promise<Value>,
): Promise<Value> {
  const open = await import("../command/open-store.ts");
  const path = database ?? DEFAULT_DATABASE;
  return open.readStore(path, (store) => read(store, open.whereaboutsOf(store, path)));
}
