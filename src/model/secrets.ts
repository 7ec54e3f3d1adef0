import type { ModelSpec } from "../core/model.ts";
import type { SecretRedactor } from "./redact.ts";

const SECRET_NAME = /auth|key|token|secret|cookie/i;

/** Teaches a redactor what is secret in the requests to a model: its key, and the headers and fields whose names suggest a secret. */
export function learnSecrets(secrets: SecretRedactor, spec: Pick<ModelSpec, "headers" | "extraBody">, key: string | null): void {
  if (key !== null) secrets.learn(key);
  for (const [name, value] of Object.entries(spec.headers))
    if (SECRET_NAME.test(name)) for (const word of secretWords(value)) secrets.learn(word);
  for (const secret of secretTexts(spec.extraBody)) secrets.learn(secret);
}

// `Bearer KEY` may come back as KEY alone.
function secretWords(header: string): readonly string[] {
  return [header, ...header.split(" ").slice(1)];
}

/** The texts under a name that suggests a secret. */
function secretTexts(value: unknown, isSecret = false): readonly string[] {
  if (typeof value === "string") return isSecret ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretTexts(inner, isSecret || SECRET_NAME.test(name)));
}
