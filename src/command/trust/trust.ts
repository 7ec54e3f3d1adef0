import type { Granted } from "../../config/trust-file.ts";
import { messageOf, UserError } from "../../core/errors.ts";
import { type Ask, askOnTerminal, isInteractive, isYes } from "../ask.ts";
import type { Terminal } from "../terminal.ts";
import { addGranted, readGranted, trustPath } from "./trust-folder.ts";
import { actionsOf, questionOf, type TrustRequest } from "./trust-request.ts";

export type { TrustRequest } from "./trust-request.ts";

/** Resolves when every request is granted: remembered, answered with yes, or allowed by --trust. Throws UserError otherwise. */
export type Confirm = (requests: readonly TrustRequest[]) => Promise<void>;

/** What a user has allowed, and how more is asked for. */
export type Trust = {
  readonly confirm: Confirm;
  /** Lists the requests that are not allowed yet; throws UserError when trust.yaml is malformed. */
  readonly missing: (requests: readonly TrustRequest[]) => readonly TrustRequest[];
  /** Keeps requests as allowed, for what the user made or answered; prints a line when they cannot be kept. */
  readonly remember: (requests: readonly TrustRequest[]) => Promise<void>;
};

/** How requests that are not allowed yet are answered. */
export type TrustOptions = {
  /** Allows every request of this command and remembers none: on a machine that several share, what a stranger asked for must not stay allowed. */
  readonly trust?: boolean | undefined;
  /** Allows writing to a database from elsewhere in the same way, and nothing else. */
  readonly trustDatabase?: boolean | undefined;
  /** What a message recommends to allow them without a terminal. */
  readonly option?: string;
  /** Asks the user; null where there is no terminal. */
  readonly ask?: Ask | null;
  readonly path?: string;
};

/** Opens what the user of this process has allowed, in their own configuration folder. */
export function openTrust(options: TrustOptions, { notify }: Pick<Terminal, "notify">): Trust {
  const {
    trust = false,
    trustDatabase = false,
    option = "--trust",
    ask = isInteractive() ? askOnTerminal : null,
    path = trustPath(),
  } = options;

  const missing = (requests: readonly TrustRequest[]): readonly TrustRequest[] => {
    if (requests.length === 0) return [];
    const granted = readGranted(path);
    const distinct = [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
    return distinct.filter((request) => !isGranted(request, granted));
  };

  const remember = async (requests: readonly TrustRequest[]): Promise<void> => {
    try {
      await addGranted(path, grantsOf(requests));
    } catch (error) {
      notify(`Cannot remember this in "${path}": ${messageOf(error)}; it will be asked again`);
    }
  };

  const confirm: Confirm = async (requests) => {
    if (trust) return;
    const open = missing(requests.filter(({ kind }) => !trustDatabase || kind !== "database"));
    if (open.length === 0) return;
    // The names of images and the ids of databases are not for people to write.
    const byHand = open.every(({ kind }) => kind === "key") ? `add it to "${path}", ` : "";
    if (ask === null)
      throw new UserError(`Cannot ${actionsOf(open)}: this is not allowed yet; answer once on a terminal, ${byHand}or use ${option}`);
    const { allowed, refused } = await askEach(open, ask);
    if (allowed.length > 0) await remember(allowed);
    if (refused !== null) throw new UserError(`Cannot ${actionsOf([refused])}: you did not allow it; leave out what asks for it`);
  };

  return { confirm, missing, remember };
}

type Answers = { readonly allowed: readonly TrustRequest[]; readonly refused: TrustRequest | null };

async function askEach(requests: readonly TrustRequest[], ask: Ask): Promise<Answers> {
  const allowed: TrustRequest[] = [];
  for (const request of requests) {
    if (!isYes(await ask(questionOf(request)))) return { allowed, refused: request };
    allowed.push(request);
  }
  return { allowed, refused: null };
}

function isGranted(request: TrustRequest, { keys, builds, hosts, databases }: Granted): boolean {
  switch (request.kind) {
    case "key":
      return keys.some(({ variable, host }) => variable === request.variable && host === request.host);
    case "build":
      return builds.some(({ image, network }) => image === request.image && (network || !request.network));
    case "private-host":
      return hosts.includes(request.host);
    case "database":
      return databases.includes(request.id);
  }
}

function grantsOf(requests: readonly TrustRequest[]): Granted {
  return {
    keys: requests.flatMap((one) => (one.kind === "key" ? [{ variable: one.variable, host: one.host }] : [])),
    builds: requests.flatMap((one) => (one.kind === "build" ? [{ image: one.image, network: one.network }] : [])),
    hosts: requests.flatMap((one) => (one.kind === "private-host" ? [one.host] : [])),
    databases: requests.flatMap((one) => (one.kind === "database" ? [one.id] : [])),
  };
}
