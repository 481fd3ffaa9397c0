import { defaultConfig, type StationConfig } from '../../src/main/config.ts';
import { StationFile } from '../../src/main/settings/station-file.ts';

// Changes a station.json as fast as it can, until it is killed.
const [path = ''] = process.argv.slice(2);
const file = new StationFile(path, false);
for (let round = 0; ; round++) {
  const reverse = ({ streams }: StationConfig) => ({ name: `Round ${round}`, streams: streams.toReversed() });
  await file.change(reverse, defaultConfig());
  if (round === 0) process.stdout.write('writing\n');
}
