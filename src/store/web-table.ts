import type { WebAnswer } from "../core/web.ts";
import type { BlobTable } from "./blob-table.ts";
import type { Sqlite } from "./database.ts";
import { count, flag, name, optional, text } from "./query/column.ts";
import { Query } from "./query/query.ts";
import { writing } from "./write-transaction.ts";

const ANSWER = {
  status: optional(count("status")),
  contentType: optional(name("content_type")),
  redirectedTo: optional(name("redirected_to")),
  failure: optional(text("failure")),
  blob: optional(name("text_blob")),
  isCut: flag("is_cut"),
};

const INSERT = `
  insert or ignore into web_answers (run_id, url, fetched_at, status, content_type, redirected_to, failure, text_blob, is_cut)
  values (@runId, @url, @fetchedAt, @status, @contentType, @redirectedTo, @failure, @textBlob, @isCut)`;

/** Stores what the agents of a run read of the web: each address once, so that all trials see the same. */
export class WebTable {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;
  readonly #now: () => Date;

  constructor(database: Sqlite, blobs: BlobTable, now: () => Date) {
    this.#database = database;
    this.#blobs = blobs;
    this.#now = now;
  }

  /** Stores the first answer of an address in a run; a later one changes nothing. */
  save(runId: string, url: string, answer: WebAnswer): void {
    const save = writing(this.#database, () => {
      const none = { status: null, contentType: null, redirectedTo: null, failure: null, textBlob: null, isCut: 0 };
      this.#database.prepare(INSERT).run({ runId, url, fetchedAt: this.#now().toISOString(), ...none, ...this.#columnsOf(answer) });
    });
    save();
  }

  /** Reads the stored answer of an address in a run, or null. */
  read(runId: string, url: string): WebAnswer | null {
    const row = new Query(this.#database, { columns: ANSWER, rest: "from web_answers where run_id = ? and url = ?" }).first(runId, url);
    if (row === undefined) return null;
    const { status, contentType, redirectedTo, failure, blob, isCut } = row;
    if (failure !== null) return { kind: "failed", reason: failure };
    if (redirectedTo !== null) return { kind: "redirect", status: status ?? 0, to: redirectedTo };
    const bytes = blob === null ? new Uint8Array() : this.#blobs.reader().get(blob);
    return { kind: "page", status: status ?? 0, contentType: contentType ?? "", text: new TextDecoder().decode(bytes), isCut };
  }

  #columnsOf(answer: WebAnswer): Readonly<Record<string, unknown>> {
    if (answer.kind === "failed") return { failure: answer.reason };
    if (answer.kind === "redirect") return { status: answer.status, redirectedTo: answer.to };
    const { status, contentType, isCut } = answer;
    return { status, contentType, textBlob: this.#blobs.put(answer.text), isCut: isCut ? 1 : 0 };
  }
}
