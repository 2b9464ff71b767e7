import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Toxic } from '../../../../fixtures/faults/links/toxics.ts';
import { createLink, type ProxyLink } from '../../../../servers/link-proxy/link.ts';

interface StubProxy {
  name: string;
  listen: string;
  upstream: string;
  enabled: boolean;
  toxics: { name: string; type: string; stream: string; toxicity: number; attributes: Record<string, number> }[];
}

/**
 * A stub of Toxiproxy that follows its README and its api.go (paths, fields, statuses, error objects) and uses
 * Plumbline's own links for the bytes. It was not compared with a real Toxiproxy.
 */
export async function startToxiproxyStub() {
  const calls: string[] = [];
  const proxies = new Map<string, { state: StubProxy; link: ProxyLink; ids: Map<string, string>; down?: string }>();

  async function create(given: { name: string; listen: string; upstream: string }): Promise<StubProxy> {
    await proxies.get(given.name)?.link.close();
    const { hostname: host, port } = new URL(`tcp://${given.upstream}`);
    const upstream = { host, port: Number(port) };
    const link = await createLink({ name: given.name, upstream, protocol: 'plain', seed: 7 });
    const state = { ...given, listen: `127.0.0.1:${link.port}`, enabled: true, toxics: [] };
    proxies.set(given.name, { state, link, ids: new Map() });
    return state;
  }

  async function answer(method: string, path: string, body: unknown): Promise<[number, unknown]> {
    const [root, name = '', toxics, toxicName = ''] = path.split('/').slice(1).map(decodeURIComponent);
    if (`${method} ${path}` === 'POST /populate')
      return [201, { proxies: await Promise.all((body as StubProxy[]).map(create)) }];
    if (`${method} ${path}` === 'GET /proxies')
      return [200, Object.fromEntries([...proxies].map(([key, { state }]) => [key, state]))];
    const proxy = root === 'proxies' ? proxies.get(name) : undefined;
    if (!proxy) return [404, { error: 'proxy not found', status: 404 }];
    const { state, link, ids } = proxy;
    if (method === 'POST' && toxics === undefined) {
      const { enabled } = body as { enabled: boolean };
      if (state.enabled && !enabled)
        proxy.down = await link.add({ type: 'down', stream: 'both', toxicity: 1, attributes: {} });
      if (!state.enabled && enabled && proxy.down) await link.remove(proxy.down);
      state.enabled = enabled;
      return [200, state];
    }
    if (method === 'DELETE' && toxics === undefined) {
      await link.close();
      proxies.delete(name);
      return [204, undefined];
    }
    if (method === 'POST') {
      const toxic = body as StubProxy['toxics'][number];
      if (!/^(up|down)stream$/.test(toxic.stream)) return [400, { error: 'stream was invalid', status: 400 }];
      if (!/^(latency|bandwidth|slow_close|timeout|reset_peer|slicer|limit_data)$/.test(toxic.type))
        return [400, { error: 'invalid toxic type', status: 400 }];
      if (ids.has(toxic.name)) return [409, { error: 'toxic already exists', status: 409 }];
      const { type, stream, toxicity, attributes } = toxic as unknown as Toxic;
      ids.set(toxic.name, await link.add({ type, stream, toxicity, attributes }));
      state.toxics.push(toxic);
      return [200, toxic];
    }
    const id = ids.get(toxicName);
    if (method !== 'DELETE' || id === undefined) return [404, { error: 'toxic not found', status: 404 }];
    await link.remove(id);
    ids.delete(toxicName);
    state.toxics = state.toxics.filter((toxic) => toxic.name !== toxicName);
    return [204, undefined];
  }

  const server = http.createServer(async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request)).toString();
    calls.push(`${request.method} ${request.url}`);
    // Toxiproxy refuses browsers, so that no web page can control it.
    const browser = request.headers['user-agent']?.startsWith('Mozilla/');
    const [status, body] = browser
      ? [403, 'User agent not allowed']
      : await answer(request.method ?? '', request.url ?? '', text && JSON.parse(text));
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    create,
    names: () => [...proxies.keys()],
    toxics: () => [...proxies.values()].flatMap(({ state }) => state.toxics),
    async [Symbol.asyncDispose]() {
      await Promise.all([...proxies.values()].map(({ link }) => link.close()));
      server.closeAllConnections();
      server.close();
    },
  };
}
