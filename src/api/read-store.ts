import type { Store } from "../store/store.ts";

/** Where results are kept unless an option says otherwise. */
export const DEFAULT_DATABASE = "results/bench.db";

/** Opens the database that is there, reads from it, and closes it; throws UserError when there is none. */
export async function readStore<Value>(database: string | undefined, read: (store: Store) => Value | Promise<Value>): Promise<Value> {
  const { openExistingStore } = await import("../command/open-store.ts");
  const store = openExistingStore(database ?? DEFAULT_DATABASE, "read");
  try {
    return await read(store);
  } finally {
    store.close();
  }
}
