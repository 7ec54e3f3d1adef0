import type { ModelSpec } from "../../core/model.ts";
import type { Catalogue } from "../../model/probe/catalogue.ts";
import type { ServerOffer } from "../../report/terminal/table/offers-table.ts";
import { chooseServed, proberHere, type ServedChoice } from "../probe/probe-models.ts";
import type { Trust } from "../trust/trust.ts";

/** Asks the server of each chosen model once what it offers. Throws UserError as `chooseServed` does; a server that does not tell is a part of the result. */
export async function listOffers(choice: ServedChoice, trust: Pick<Trust, "confirm">): Promise<readonly ServerOffer[]> {
  const servers = new Map<string, ModelSpec[]>();
  for (const spec of await chooseServed(choice, trust)) {
    const server = JSON.stringify([spec.baseUrl, spec.apiKeyEnv]);
    servers.set(server, [...(servers.get(server) ?? []), spec]);
  }
  const prober = proberHere();
  const { signal } = new AbortController();
  return Promise.all(
    [...servers.values()].map(async (specs) => {
      const [spec] = specs as [ModelSpec];
      return offerOf(specs, await prober.offers(spec, signal));
    }),
  );
}

function offerOf(specs: readonly ModelSpec[], catalogue: Catalogue): ServerOffer {
  const address = specs[0]?.baseUrl ?? "";
  if (catalogue.kind === "unlisted") return { address, models: null, problem: catalogue.message };
  const configuredAs = (id: string): readonly string[] =>
    specs.flatMap(({ model, name }) => ([id, id.replace(/:latest$/, ""), `models/${id}`].includes(model) ? [name] : []));
  const models = catalogue.models.map(({ id, contextWindow, isServed }) => ({
    id,
    contextWindow,
    isServed,
    configuredAs: configuredAs(id),
  }));
  return { address, models, problem: null };
}
