import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { ForkCapture } from '../capture/process.ts';
import type { FromCapture } from '../capture/protocol.ts';

/** Starts a Capture as one of Electron's utility processes, which end with Electron by themselves. */
export const forkInElectron: ForkCapture = (entry, notices) => {
  const child = utilityProcess.fork(fileURLToPath(entry), [], {
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'Eyepiece Capture',
  });
  child.on('message', (data) => notices.message(data as FromCapture));
  // Electron emits it also after a fatal error of the engine, and where the process could not be started.
  child.once('exit', (code) => notices.exited(`ended with code ${code}`));
  return {
    // Known only when the process runs.
    get pid() {
      return child.pid;
    },
    output: [child.stdout, child.stderr].filter((stream) => stream !== null),
    postMessage: (message) => child.postMessage(message),
    kill(signal) {
      if (signal === 'SIGTERM') child.kill();
      else if (child.pid !== undefined) process.kill(child.pid, signal);
    },
  };
};
