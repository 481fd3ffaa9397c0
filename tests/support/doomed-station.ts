// A station that is only there to be killed: starts one Capture and prints its process id when it gives pictures.
import pino from 'pino';
import { captureProcesses } from '../../src/main/capture/process.ts';

const entry = new URL('../../src/main/capture/worker/main.ts', import.meta.url);
const start = captureProcesses({ entry, engine: 'native', log: pino({ level: 'silent' }) });
const capture = start(
  { kind: 'simulated', detector: 'clock' },
  {
    detector: () => process.stdout.write(`${capture.pid}\n`),
    reading: () => undefined,
    frame: () => undefined,
    ended: () => process.exit(1),
  },
);
