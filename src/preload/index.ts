import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../shared/bridge.ts';
import {
  accessChannels,
  directoryChannels,
  ipcChannels,
  phoneChannels,
  pushChannels,
  settingsChannels,
  shellChannels,
} from '../shared/ipc.ts';

/** One function for each name of a table. The door on the other side checks sender and arguments. */
function calls<TName extends string>(channels: Readonly<Record<TName, string>>) {
  const named = Object.entries<string>(channels).map(([name, channel]) => {
    return [name, (...args: readonly unknown[]) => ipcRenderer.invoke(channel, ...args)];
  });
  // What a call resolves with is the door's promise; nothing on this side could prove it.
  return Object.fromEntries(named) as Readonly<Record<TName, (...args: readonly unknown[]) => Promise<never>>>;
}

/** Lets a page listen to a channel. */
function pushes<TMessage extends readonly unknown[]>(channel: string) {
  return (listener: (...message: TMessage) => void): (() => void) => {
    // The event would give the page the sender and with it a way around the named calls: only the message passes.
    const pass = (_event: unknown, ...message: TMessage): void => listener(...message);
    ipcRenderer.on(channel, pass);
    return () => {
      ipcRenderer.removeListener(channel, pass);
    };
  };
}

const bridge: Bridge = {
  ...calls(ipcChannels),
  onState: pushes(pushChannels.state),
  onCandidate: pushes(pushChannels.candidate),
  settings: calls(settingsChannels),
  access: calls(accessChannels),
  directory: calls(directoryChannels),
  calls: {
    ...calls(phoneChannels),
    onCalls: pushes(pushChannels.calls),
    onNotice: pushes(pushChannels.callNotice),
  },
  shell: { ...calls(shellChannels), onShellState: pushes(pushChannels.shell) },
};

contextBridge.exposeInMainWorld('eyepiece', bridge);
