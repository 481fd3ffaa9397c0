import { openDirectoryFile } from '../../src/main/directory/directory-file.ts';

/** Books one hour after the other, and says each time that it is done, until it is killed. */
const [dataDir = ''] = process.argv.slice(2);
const { stations, bookings } = openDirectoryFile(dataDir);
stations.add({ id: 'bench', name: 'Bench', type: 'microscope', webrtc_url: null, rtsp_url: null, access: 'booking' });
const hourMs = 3_600_000;
for (let number = 1; ; number++) {
  const fromMs = Date.now() + number * hourMs;
  bookings.add({ station: 'bench', user: 'Anna', purpose: `${number}`, fromMs, untilMs: fromMs + hourMs / 2 });
  process.stdout.write(`${number}\n`);
}
