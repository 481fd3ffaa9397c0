import { listNativeCameras } from './native/camera.ts';

/** Prints this machine's cameras as one JSON line. A process of its own, since drivers may hang when asked. */
process.stdout.write(`${JSON.stringify(await listNativeCameras())}\n`);
