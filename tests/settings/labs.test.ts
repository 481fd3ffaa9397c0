import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { askKey } from '../../src/main/directory/ask-key.ts';
import { openLab, refusal, type Lab, type LabOptions } from './lab.ts';

const stationJson = `{
  // The wall of room 4.
  "name": "Room 4",
  "lingerMs": 5 // short
}
`;
const labs: Lab[] = [];
async function lab(options: LabOptions = {}): Promise<Lab> {
  const opened = await openLab({ text: stationJson, ...options });
  labs.push(opened);
  return opened;
}
afterEach(async () => {
  for (const opened of labs.splice(0)) await opened.close();
});

async function newKey(): Promise<Tickets> {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return Tickets.open(folder);
}

/** Something that answers on this machine. @returns What its addresses begin with. */
async function answering(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What stands in for a directory: its key, at the one address where it is. */
const tellsKey = (publicKey: object): Promise<string> =>
  answering(({ url }, response) => {
    if (url !== '/api/directory/key') return void response.writeHead(404).end();
    response.setHeader('content-type', 'application/json').end(JSON.stringify(publicKey));
  });

const admits = async ({ colleagues }: Lab, tickets: Tickets): Promise<boolean> => {
  const { token } = await tickets.issue({ station: 'bench', user: 'Anna', role: 'viewer', streams: 'all' });
  return (await colleagues.callerOf(token, '192.0.2.9')) !== null;
};

describe('A station that joins a lab', () => {
  test('changes nothing before somebody has compared the key, and takes tickets at once after that', async () => {
    const tickets = await newKey();
    const url = await tellsKey(tickets.publicKey);
    const opened = await lab();
    const { settings, text, saved } = opened;
    const told = await settings.askLab({ url: ` ${url}/lab?x=1 `, station: ' bench ' });
    expect(told).toEqual({ url, station: 'bench', publicKey: tickets.publicKey, id: tickets.directoryId });
    expect([await text(), settings.settings().trusts, await admits(opened, tickets)]).toEqual([stationJson, [], false]);

    const { trusts } = await settings.joinLab({ url, station: 'bench', publicKey: told.publicKey });
    const name = url.slice('http://'.length);
    expect(trusts).toEqual([{ id: tickets.directoryId, name, url, station: 'bench' }]);
    expect((await saved()).trusts).toEqual([{ name, url, station: 'bench', publicKey: tickets.publicKey }]);
    for (const kept of ['// The wall of room 4.', '// short']) expect(await text()).toContain(kept);
    expect([await admits(opened, tickets), opened.colleagues.isOfDirectory(url)]).toEqual([true, true]);

    // Whatever else is changed leaves it in the lab.
    await settings.renameStation('Room 5');
    expect(await admits(opened, tickets)).toBe(true);

    expect((await settings.leaveLab(tickets.directoryId)).trusts).toEqual([]);
    expect((await saved()).trusts).toEqual([]);
    expect([await admits(opened, tickets), opened.colleagues.isOfDirectory(url)]).toEqual([false, false]);
  });

  test('that joins it again from another address, or under another id, is in it once', async () => {
    const { publicKey, directoryId } = await newKey();
    const { settings, saved } = await lab();
    await settings.joinLab({ url: 'https://192.0.2.1:8081', station: 'bench', publicKey });
    await settings.joinLab({ url: 'https://192.0.2.2:8081', station: 'other', publicKey });
    expect(settings.settings().trusts).toMatchObject([
      { id: directoryId, url: 'https://192.0.2.2:8081', station: 'other' },
    ]);
    expect((await saved()).trusts).toHaveLength(1);
  });

  test('is in eight labs at most', async () => {
    const { settings } = await lab();
    const join = async (at: number) => {
      const { publicKey } = await newKey();
      return settings.joinLab({ url: `https://192.0.2.${at}:8081`, station: 'bench', publicKey });
    };
    for (let at = 1; at <= 8; at++) await join(at);
    expect(await refusal(join(9))).toMatchObject({
      reason: 'bad_setting',
      message: 'A station is in at most 8 labs.',
    });
  });

  test.each([
    ['a path', { url: 'https://192.0.2.1/lab' }],
    ['another protocol', { url: 'ftp://192.0.2.1' }],
    ['no address at all', { url: 'https://[' }],
    ['no id of a station', { station: 'Not an id' }],
    ['no key', { publicKey: { kty: 'OKP', crv: 'Ed25519', x: 'short' } as const }],
  ])('writes nothing that it could not read again: %s', async (_what, wrong) => {
    const { publicKey } = await newKey();
    const { settings, text } = await lab();
    const trust = { url: 'https://192.0.2.1:8081', station: 'bench', publicKey, ...wrong };
    expect(await refusal(settings.joinLab(trust))).toMatchObject({ reason: 'bad_setting' });
    expect([await text(), settings.settings().trusts]).toEqual([stationJson, []]);
  });

  test('does neither where the streams were given on the command line', async () => {
    const { publicKey, directoryId } = await newKey();
    const { settings, text } = await lab({ fixedBy: 'command_line' });
    const url = await tellsKey(publicKey);
    for (const change of [
      settings.askLab({ url, station: 'bench' }),
      settings.joinLab({ url, station: 'bench', publicKey }),
      settings.leaveLab(directoryId),
    ]) {
      expect(await refusal(change)).toMatchObject({ reason: 'settings_fixed' });
    }
    expect(await text()).toBe(stationJson);
  });
});

describe('An address at which no directory is', () => {
  const station = 'bench';
  const elsewhere: RequestListener = (_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end();
  };
  const json = (body: string): RequestListener => {
    return (_request, response) => void response.setHeader('content-type', 'application/json').end(body);
  };

  test.each<[string, RequestListener]>([
    ['another station', (_request, response) => void response.writeHead(401).end('{}')],
    ['a page', (_request, response) => void response.end('<!doctype html>')],
    ['a door that leads elsewhere', elsewhere],
    ['another kind of key', json('{"kty":"EC","crv":"P-256","x":"a","y":"b"}')],
    ['a key with its private half', json(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'x' }))],
    ['an answer without end', (_request, response) => void response.end(`"${'x'.repeat(100_000)}"`)],
  ])('is said to be none: %s', async (_what, listener) => {
    const url = await answering(listener);
    const { settings, text } = await lab();
    expect(await refusal(settings.askLab({ url, station }))).toMatchObject({
      reason: 'no_directory_there',
      message: `What answers at ${url} is no directory of a lab.`,
    });
    expect(await text()).toBe(stationJson);
  });

  test('is said to be silent where nothing answers, or somebody who speaks otherwise', async () => {
    const { settings } = await lab();
    const url = await answering((request) => request.socket.destroy());
    for (const silent of [url, url.replace('http', 'https')]) {
      const { reason, message } = await refusal(settings.askLab({ url: silent, station }));
      expect([reason, message]).toEqual([
        'no_directory_there',
        expect.stringContaining(`Nothing answers at ${silent}.`),
      ]);
    }
  });

  test.each(['', 'ftp://192.0.2.1', 'https://', 'file:///etc/passwd', 'https://a b'])(
    'is refused where it is none: “%s”',
    async (url) => {
      const { settings } = await lab();
      expect(await refusal(settings.askLab({ url, station }))).toMatchObject({ reason: 'bad_setting' });
    },
  );

  test('is refused before it is asked where it means another machine to everybody', async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked++;
      response.end();
    });
    for (const own of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '[::ffff:127.0.0.1]')]) {
      expect(await refusal(askKey(own))).toMatchObject({
        reason: 'bad_setting',
        message: expect.stringContaining('another machine to everybody') as string,
      });
    }
    expect(asked).toBe(0);
  });

  test('is not asked for a station whose id can be none', async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked++;
      response.end();
    });
    const { settings } = await lab();
    const { reason, message } = await refusal(settings.askLab({ url, station: 'My bench' }));
    expect([reason, message, asked]).toEqual([
      'bad_setting',
      'The setting is refused: station must be lower-case letters, digits and hyphens, at most 63.',
      0,
    ]);
  });
});
