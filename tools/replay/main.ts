// Plays a recorded stream back until Ctrl-C: npx node tools/replay/main.ts <stream-N.timing.json> [speed]
import { readRecording } from '../../fixtures/wire/replay/recording.ts';
import { startReplay } from '../../fixtures/wire/replay/server.ts';

const [path, speed = '1'] = process.argv.slice(2);
if (!path) {
  console.error('Usage: replay <stream-N.sse or stream-N.timing.json> [speed, Infinity for as fast as possible]');
  process.exit(1);
}
try {
  const recording = await readRecording(path);
  const { url } = await startReplay(recording, { speed: Number(speed) });
  const { request, chunks, end } = recording.timing;
  console.log(
    `${url} plays ${request.method} ${request.url}: ${chunks.length} chunks, ended ${end.how}.\ncurl -N ${url}`,
  );
} catch (error) {
  console.error(String(error instanceof Error ? error.message : error));
  process.exit(1);
}
