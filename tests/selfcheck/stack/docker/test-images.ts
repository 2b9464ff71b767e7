import path from 'node:path';
import { findBinaries } from '../../../../fixtures/stack/postgres/binaries.ts';
import { serverUser } from '../../../../fixtures/stack/postgres/user.ts';
import type { TestImage } from '../../support/test-image.ts';

const shell = ['/bin/sh', '/bin/cat'];

/** Treats its variables as the entry point of the official images does. */
const postgresEntry = `#!/bin/sh
set -e
echo "$POSTGRES_PASSWORD" | "$BIN/initdb" -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=/dev/stdin \\
  --auth-host=scram-sha-256 --auth-local=trust $POSTGRES_INITDB_ARGS
echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
echo "CREATE DATABASE \\"$POSTGRES_DB\\"" | "$BIN/postgres" --single -D "$PGDATA" postgres
shift
exec "$BIN/postgres" -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories= "$@"
`;

/** The Postgres programs from npm, in an image with the interface of the official one. */
export async function postgresImage(cacheDir: string): Promise<TestImage> {
  const { initdb, postgres } = await findBinaries(serverUser(), [cacheDir]);
  const bin = path.dirname(postgres);
  return {
    name: 'plumbline-selfcheck/postgres:npm',
    programs: [...shell, initdb, postgres],
    folders: [path.dirname(bin)],
    texts: { '/entry.sh': postgresEntry, '/etc/passwd': 'nobody:x:65534:65534::/:/bin/sh\n' },
    changes: ['USER 65534:65534', `ENV BIN=${bin}`, 'ENTRYPOINT ["/entry.sh"]', 'CMD ["postgres"]', 'EXPOSE 5432'],
  };
}

/** @param server redis-server or valkey-server of this machine */
export const cacheImage = (server: string): TestImage => ({
  name: 'plumbline-selfcheck/cache:path',
  programs: [server],
  changes: [`ENTRYPOINT ["${server}", "--bind", "0.0.0.0", "--protected-mode", "no"]`, 'EXPOSE 6379'],
});

/** Prints a line and ends. */
export const brokenImage: TestImage = {
  name: 'plumbline-selfcheck/broken:1',
  programs: shell,
  texts: { '/entry.sh': '#!/bin/sh\necho "the weights are missing" >&2\nexit 3\n' },
  changes: ['ENTRYPOINT ["/entry.sh"]', 'EXPOSE 6379', 'EXPOSE 8080'],
};
