import { openAccessFile } from '../../src/main/access/access-file.ts';

/** Writes down one visit after the other, and says each time that it is done, until it is killed. */
const [dataDir = ''] = process.argv.slice(2);
const { attendance } = openAccessFile(dataDir);
for (let number = 1; ; number++) {
  const id = attendance.begin({ kind: 'user', name: `visitor ${number}`, streamId: 'bench', address: '192.0.2.7' });
  process.stdout.write(`${number}\n`);
  if (number % 2 === 0) attendance.end(id);
}
