import type { Database } from "better-sqlite3";

/**
 * Makes a transaction of work that writes. It takes the lock for writing when it begins, and waits for it while another process has it: one that began by reading could
 * only fail when it comes to write after the other, because what it has read is out of date. Inside another transaction it is a part of that.
 *
 * @see https://www.sqlite.org/isolation.html
 */
export function writing<Args extends unknown[], Result>(database: Database, work: (...args: Args) => Result): (...args: Args) => Result {
  const transaction = database.transaction(work);
  return (...args) => transaction.immediate(...args);
}
