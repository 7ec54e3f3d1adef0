import type { Store } from "../store/store.ts";

/** Where results are kept unless an option says otherwise. */
export const DEFAULT_DATABASE = "results/bench.db";

/** Opens an existing database, reads from it, and closes it; throws UserError when it does not exist. */
export async function readStore<Value>(database: string | undefined, read: (store: Store) => Value | Promise<Value>): Promise<Value> {
  const open = await import("../command/open-store.ts");
  return open.readStore(database ?? DEFAULT_DATABASE, read);
}
