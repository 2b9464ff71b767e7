import { parse, stringify } from 'yaml';
import { runLabel } from '../../fixtures/stack/docker/sweep.ts';
import { type ComposeOrder, variablesOf } from '../../fixtures/target/command/compose.ts';
import { suggest } from '../../fixtures/text/suggest.ts';

type Service = Record<string, unknown> & { environment?: Record<string, unknown> | string[] };
type Project = { services?: Record<string, Service>; volumes?: Record<string, object | null> } & Record<
  string,
  unknown
>;

/**
 * The Compose file of one run: the named services alone, in this machine's own network, where what is injected is found;
 * without fixed names and published ports, which two of them at a time could not both have.
 *
 * @param configured what `compose config` wrote for the user's files
 * @param environment of this process, in which the names and the values of the injected variables are
 * @param runId the run that all of it is labelled with
 * @throws where a service that is named is not in the file
 */
export function projectOf(
  configured: string,
  { service, beside, graceMs }: ComposeOrder,
  environment: Readonly<Record<string, string | undefined>>,
  runId: string,
): string {
  const { services = {}, volumes = {}, networks: _, ...project } = parse(configured) as Project;
  const labels = { [runLabel]: runId };
  const variables = environment[variablesOf]?.split(',') ?? [];
  const injected = Object.fromEntries(variables.map((name) => [name, literal(environment[name] ?? '')]));
  const kept = [service, ...beside].map((name) => {
    const found = services[name];
    if (!found)
      throw new Error(
        `The Compose file has no service ${name}. ${suggest(name, Object.keys(services))} Correct start.compose.`,
      );
    const { ports, networks, container_name, restart, depends_on, links, ...rest } = found;
    return [
      name,
      {
        ...rest,
        network_mode: 'host',
        stop_grace_period: `${Math.ceil(graceMs / 1000)}s`,
        environment: { ...asRecord(rest.environment), ...injected },
        labels: { ...asRecord(rest['labels']), ...labels },
      },
    ] as const;
  });
  const labelled = Object.entries(volumes).map(([name, volume]) => {
    const { name: fixed, ...rest } = (volume ?? {}) as Record<string, unknown>;
    return [name, rest['external'] ? { name: fixed, ...rest } : { ...rest, labels }] as const;
  });
  return stringify({ ...project, services: Object.fromEntries(kept), volumes: Object.fromEntries(labelled) });
}

/** Compose replaces variables in what it reads; `$$` stands for the sign itself. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** Compose writes variables and labels as an object, or as a list of `NAME=value`. */
function asRecord(given: unknown): Record<string, unknown> {
  if (!Array.isArray(given)) return (given as Record<string, unknown> | null | undefined) ?? {};
  return Object.fromEntries(given.map((line) => String(line).split(/=(.*)/s).slice(0, 2)));
}
