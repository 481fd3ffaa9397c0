import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';

/** A station in this very process, with the clock detector. */
export interface StationHere {
  readonly url: string;
  /** Shares it, as only its own screen can. @returns The guest link by way of that address of the machine. */
  share(hostname: string): Promise<string>;
  close(): Promise<void>;
}

/** @param shareTls Whether others on the network come by HTTPS. */
export async function startStationHere(shareTls: 'self-signed' | 'off' = 'off'): Promise<StationHere> {
  const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: 0, shareTls };
  const config = { ...defaultConfig(), http, streams: [simulatedStream('clock')] };
  const configFile = join(dataDir, 'station.json');
  const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
  return {
    url: booted.url,
    async share(hostname) {
      const { sharing } = await booted.settings.share();
      const links = sharing.kind === 'on' ? sharing.links : [];
      return links.find((link) => new URL(link).hostname === hostname) ?? '';
    },
    async close() {
      await booted.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
