import { EventEmitter } from 'node:events';

/** With `node --import`, in the child: `process.parentPort` in place of Node's own channel, which Electron's utility processes have not. */
const send = process.send?.bind(process);
const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => send?.(message) });
process.on('message', (data) => port.emit('message', { data, ports: [] }));
// Electron's end with Electron.
process.on('disconnect', () => process.exit(0));
Object.defineProperty(process, 'parentPort', { value: port });
Object.defineProperty(process, 'send', { value: undefined });
