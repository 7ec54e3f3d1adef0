import { unreachable } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";

/** Something that input from others asks for, and that its user has to allow once. */
export type TrustRequest =
  /** Send the key in an environment variable to a host, which has its port where that is not the default; `askedBy` is the file that asks for it. */
  | { readonly kind: "key"; readonly variable: string; readonly host: string; readonly askedBy?: string }
  /** Build an image from a folder; its name holds the digest of the folder. */
  | { readonly kind: "build"; readonly image: string; readonly folder: string; readonly network: boolean }
  /** Let agents read pages of a host of this machine or of its own network. */
  | { readonly kind: "private-host"; readonly host: string; readonly suite: string }
  /** Write to a database that was not made here. */
  | { readonly kind: "database"; readonly id: string; readonly path: string };

// A message stays one line that can be read; the rest is counted.
const MAX_NAMED = 20;
const MAX_PATH = 200;
// A host is never cut: its end says whose it is.
const MAX_HOST = 1_000;

/** Phrases a request as the question that a user answers with y or n. */
export function questionOf(request: TrustRequest): string {
  return `${capitalized(actionOf(request))}? ${reasonOf(request)} [y/N] `;
}

/** Names what some requests would do, for a message that begins with "Cannot". */
export function actionsOf(requests: readonly TrustRequest[]): string {
  const named = requests.slice(0, MAX_NAMED).map(refusedOf);
  const others = requests.length - named.length;
  if (others > 0) named.push(`do ${others} more`);
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

// A refusal also says why that is a question, where the action does not.
function refusedOf(request: TrustRequest): string {
  switch (request.kind) {
    case "key":
    case "private-host":
      return actionOf(request);
    case "build":
      return `${actionOf(request)}${request.network ? " with the network of this machine" : ""}`;
    case "database":
      return `${actionOf(request)}, which was not made here`;
    default:
      return unreachable(request);
  }
}

function actionOf(request: TrustRequest): string {
  switch (request.kind) {
    case "key":
      return `send ${printable(request.variable, MAX_PATH)} to ${quoted(request.host, MAX_HOST)}`;
    case "build":
      return `build an image from ${quoted(request.folder)}`;
    case "private-host":
      return `let agents read pages of ${quoted(request.host, MAX_HOST)} in your own network`;
    case "database":
      return `write to ${quoted(request.path)}`;
    default:
      return unreachable(request);
  }
}

function reasonOf(request: TrustRequest): string {
  switch (request.kind) {
    case "key":
      return `${request.askedBy === undefined ? "The models file" : quoted(request.askedBy)} asks for it.`;
    case "build":
      return `Its Dockerfile runs on your Docker engine, ${request.network ? "with the network of this machine" : "without network"}.`;
    case "private-host":
      return `The suite ${quoted(request.suite)} asks for it.`;
    case "database":
      return "It was not made here, or by a version before databases had an id.";
    default:
      return unreachable(request);
  }
}

// A stranger chooses the names, and one could read as the end of the question, or as another question: it cannot end its quotes.
function quoted(name: string, maxCharacters = MAX_PATH): string {
  return `"${printable(name.replace(/["\\]/g, "\\$&"), maxCharacters)}"`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
