import { Validator } from '@seriousme/openapi-schema-validator';
import { pino } from 'pino';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Calls } from '../../src/main/calls/calls.ts';
import type { OpenApiDocument } from '../../src/main/http/docs/document.ts';
import { openStateEvents } from '../../src/main/http/events.ts';
import { routesOf, type Guard, type Route } from '../../src/main/http/routes.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import type { CallsDesk } from '../../src/shared/calls.ts';
import type { StationState, StreamStatus } from '../../src/shared/state.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';
import { fakeStation, sampleState, sampleStream, sampleViewer } from '../contract/fake-station.ts';
import { call, openDoor } from './door.ts';
import { machineHeader, openNetworkDoor } from './network-door.ts';

const statuses: StreamStatus[] = [
  { kind: 'idle' },
  { kind: 'starting' },
  { kind: 'live' },
  { kind: 'offline', fault: { reason: 'busy', detail: 'In use.' }, sinceMs: 1, nextTryAtMs: 2, attempt: 3 },
];

/** A station in every state at once. */
const everything: StationState = {
  ...sampleState(),
  notices: [{ code: 'bad_configuration', detail: 'Line 3.' }],
  streams: statuses.map((status, at) => ({
    ...sampleStream,
    id: at === 0 ? 'bench' : `bench-${at}`,
    status,
    detector: sampleStream.detector && { ...sampleStream.detector, pixelSizeUm: 0.5, nominalFps: 30 },
    reading: {
      number: 7,
      captureTimeMs: 1.25,
      exposureMs: 10,
      min: 0,
      max: 255,
      mean: 12.5,
      fullScaleShare: 0.1,
      zeroShare: 0,
      hash: 'abc',
      display: { lowCount: 0, highCount: 255, isAuto: true },
    },
  })),
  viewers: [
    {
      ...sampleViewer,
      keepalive: { roundTripMs: null, ageMs: 20 },
      pictures: { maxFps: 5, bufferedBytes: 0, sentPictures: 1, skippedPictures: 0 },
    },
  ],
};

const log: StreamEvent[] = [
  { kind: 'started', timeMs: 1 },
  { kind: 'offline', reason: 'crashed', detail: 'It died.', timeMs: 2 },
  { kind: 'live_again', outageMs: 640, timeMs: 3 },
  { kind: 'viewer_gone', reason: 'left', viewers: 0, timeMs: 4 },
  { kind: 'settings_changed', settings: ['name'], timeMs: 5 },
];

const station = fakeStation({
  state: () => everything,
  streamLog: () => log,
  cameras: () =>
    Promise.resolve([
      {
        id: 'usb-1',
        name: 'USB',
        path: '/dev/video0',
        modes: [{ widthPx: 640, heightPx: 480, fps: 30, format: 'mjpeg' }],
      },
    ]),
  webrtcConfig: () => ({ iceServers: [{ urls: ['turn:t.example'], username: 'u', credential: 'c' }] }),
});

/** A door of either kind, with its routes and what lets an admin in. */
interface Opened {
  readonly door: HttpDoor;
  readonly routes: readonly Route[];
  readonly headers: Record<string, string>;
}

const silent = pino({ level: 'silent' });
const routesWith = (guard: Guard | null, calls: CallsDesk): readonly Route[] => {
  const events = openStateEvents(station, silent, () => null);
  return routesOf(station, events, guard, calls);
};

async function openOwnDoor(): Promise<Opened> {
  const calls = new Calls({ stationName: () => 'Test station', log: silent });
  onTestFinished(() => calls.close());
  return { door: await openDoor({ station, calls }), routes: routesWith(null, calls), headers: {} };
}

async function openNetworkDoorAsAdmin(): Promise<Opened> {
  const { door, guard, file, calls } = await openNetworkDoor(station);
  const password = 'a quiet microscope';
  await guard.admin.addUser({ name: 'Anna', password, role: 'admin', streams: 'all' });
  file.attendance.begin({ kind: 'guest', name: 'guest', streamId: 'bench', address: '192.0.2.7' });
  const signedIn = await guard.access.signIn('Anna', password, '192.0.2.8');
  if (!signedIn || 'waitMs' in signedIn) throw new Error('Anna was not let in.');
  return { door, routes: routesWith(guard, calls), headers: { authorization: `Bearer ${signedIn.token}` } };
}

const doors: readonly (readonly [string, () => Promise<Opened>])[] = [
  ['the machine’s own door', openOwnDoor],
  ['the network’s door', openNetworkDoorAsAdmin],
];

const documentOf = async ({ door, headers }: Opened): Promise<OpenApiDocument> =>
  JSON.parse((await call(door, { path: '/api/docs', headers })).text) as OpenApiDocument;

describe.each(doors)('What %s says of itself', (_which, open) => {
  it('is a valid OpenAPI document', async () => {
    const result = await new Validator().validate({ ...(await documentOf(await open())) });
    expect([result.valid, result.errors]).toEqual([true, undefined]);
  });

  it('names every address and method, what each takes, and what it answers with', async () => {
    const opened = await open();
    const { paths } = await documentOf(opened);
    expect(opened.routes.length).toBeGreaterThan(20);
    const described = opened.routes.filter(({ method }) => method !== 'OPTIONS');
    expect(Object.values(paths).flatMap(Object.keys)).toHaveLength(described.length);
    for (const { method, url, accepts, handler } of opened.routes) {
      const { summary, answers, body } = handler.about;
      const what = `${method} ${url}`;
      expect([what, summary]).toEqual([what, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect([what, Object.keys(answers)]).not.toEqual([what, []]);
      if (accepts === 'application/json') expect([what, body]).not.toEqual([what, undefined]);
      if (method === 'OPTIONS') continue;
      const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      expect([what, operation?.summary]).toEqual([what, summary]);
      expect([what, Object.keys(operation?.requestBody?.content ?? {})]).toEqual([what, accepts ? [accepts] : []]);
    }
  });

  it('is what it really answers, wherever that is JSON', async () => {
    const opened = await open();
    const told = opened.routes.filter(({ method, handler }) => method === 'GET' && handler.about.answers[200]?.json);
    expect(told.length).toBeGreaterThan(10);
    for (const { url, hasHead, handler } of told) {
      // These need a session or a call.
      if (url.endsWith('/webrtc_ice_candidate') || url.includes(':callId')) continue;
      // Pictures end only when somebody asks for that, which is answered with JSON.
      const query = url.endsWith('/mjpeg_stream') ? '?startStream=false' : '';
      const path = `${url.replace(':streamId', 'bench')}${query}`;
      const answer = await call(opened.door, { path, headers: opened.headers });
      const json: unknown = JSON.parse(answer.text);
      const schema = handler.about.answers[200]?.json ?? v.never();
      // What the schema does not know, it leaves out.
      const read = v.safeParse(schema, json);
      expect([url, hasHead, read.issues?.[0].message]).toEqual([url, hasHead, undefined]);
      expect([url, read.output]).toEqual([url, json]);
    }
  });

  it('is a page for a browser: escaped, and without anything that runs', async () => {
    const opened = await open();
    const headers = { ...opened.headers, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const { status, headers: told, text } = await call(opened.door, { path: '/api/docs', headers });
    expect([status, told['content-type'], told.vary]).toEqual([200, 'text/html; charset=utf-8', 'Origin, Accept']);
    expect(told['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri/);
    expect(text).not.toMatch(/<script|javascript:|\son\w+=|<img|<link/i);
    for (const { method, url } of opened.routes.filter((route) => route.method !== 'OPTIONS')) {
      expect(text).toContain(`<h2>${method} ${url.replace(/:(\w+)/g, '{$1}')}</h2>`);
    }
  });
});

describe('The documents of a door that asks', () => {
  it('are for callers only, and say what each address needs', async () => {
    const opened = await openNetworkDoor(station);
    expect((await call(opened.door, { path: '/api/docs' })).status).toBe(401);
    const headers = machineHeader(opened, 'viewer');
    const document = JSON.parse((await call(opened.door, { path: '/api/docs', headers })).text) as OpenApiDocument;
    expect(document.security).toEqual([{ token: [] }]);
    expect(document.paths['/api/sign-in']?.['post']?.security).toEqual([]);
    expect(document.paths['/api/users']?.['get']?.description).toBe('Needs the right manage_access.');
  });
});
