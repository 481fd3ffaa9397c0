import { expect, test } from 'vitest';
import { LabDoor, type LabForwarder, type LabQuestion } from '../../src/main/desktop/lab-door.ts';
import { StationError } from '../../src/shared/errors.ts';
import { Guard } from './fakes.ts';

const authorization = 'Bearer a-ticket';

/** Keeps what it was asked, and answers everything alike. */
class RecordingForwarder implements LabForwarder {
  readonly asked: { readonly stationId: string; readonly question: LabQuestion }[] = [];
  answer = (): Response => Response.json({ fine: true });

  forward(stationId: string, question: LabQuestion): Promise<Response> {
    this.asked.push({ stationId, question });
    return Promise.resolve().then(this.answer);
  }

  endAll(): void {
    this.asked.length = 0;
  }
}

function open() {
  const guard = new Guard();
  const forwarder = new RecordingForwarder();
  const door = new LabDoor(guard);
  door.forwarder = forwarder;
  const ask = (path: string, init: RequestInit = {}) =>
    door.answer(new Request(`app://eyepiece${path}`, { headers: { authorization }, ...init }));
  return { guard, forwarder, door, ask };
}

test('What the page asks of another station is passed on with the headers that it needs, and no others', async () => {
  const { ask, forwarder } = open();
  await ask('/stations/bench-1/whep/dim?x=1', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/sdp', cookie: 'a=b', 'x-forwarded-for': '192.0.2.1' },
    body: 'v=0',
  });
  expect(forwarder.asked).toEqual([
    {
      stationId: 'bench-1',
      question: {
        method: 'POST',
        path: '/whep/dim?x=1',
        headers: { authorization, 'content-type': 'application/sdp' },
        body: Buffer.from('v=0'),
      },
    },
  ]);
});

test('What comes back is data and nothing that a page could run, and its sessions are behind this door too', async () => {
  const { ask, forwarder } = open();
  forwarder.answer = () => new Response('v=0', { status: 201, headers: { location: '/whep/sessions/1' } });
  const answer = await ask('/stations/bench/whep/dim', { method: 'POST', body: 'v=0' });
  expect(answer?.status).toBe(201);
  expect(answer?.headers.get('location')).toBe('/stations/bench/whep/sessions/1');
  expect(answer?.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
  expect(answer?.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await answer?.text()).toBe('v=0');
});

test.each<[string, string, RequestInit, number, string]>([
  ['without a ticket, as scripts and pictures come', '/stations/bench/x.js', { headers: {} }, 403, 'sign_in_needed'],
  ['with a password', '/stations/bench/', { headers: { authorization: 'Basic YTpi' } }, 403, 'sign_in_needed'],
  ['to change something for good', '/stations/bench/api/x', { method: 'PUT' }, 405, 'method_not_allowed'],
  [
    'that is too large',
    '/stations/bench/whep/dim',
    { method: 'POST', body: 'x'.repeat(128 * 1024 + 1) },
    413,
    'too_large',
  ],
])('Nothing is passed on %s', async (_what, path, init, status, code) => {
  const { ask, forwarder } = open();
  const answer = await ask(path, init);
  expect([answer?.status, await answer?.json()]).toMatchObject([status, { code }]);
  expect(forwarder.asked).toEqual([]);
});

test('Nothing is passed on while the kiosk is locked, nor where the station is no directory', async () => {
  const { ask, forwarder, guard, door } = open();
  guard.isOpen = false;
  expect(await (await ask('/stations/bench/api/state'))?.json()).toMatchObject({ code: 'locked' });
  guard.isOpen = true;
  door.forwarder = null;
  expect(await (await ask('/stations/bench/api/state'))?.json()).toMatchObject({ code: 'not_allowed' });
  expect(forwarder.asked).toEqual([]);
});

test('What the directory refuses is told with its reason', async () => {
  const { ask, forwarder } = open();
  forwarder.answer = () => {
    throw StationError.untrustedStation();
  };
  const answer = await ask('/stations/bench/api/state');
  expect([answer?.status, await answer?.json()]).toMatchObject([
    403,
    { code: 'untrusted_station', title: StationError.untrustedStation().message },
  ]);
});

test.each(['/', '/index.html', '/stations', '/stations/', '/stations/bench', '/stations/Bench/x', '/stations/../x/y'])(
  'Other addresses are not this door’s: %s',
  (path) => {
    expect(open().ask(path)).toBeNull();
  },
);

test('Other hosts are not this door’s', () => {
  expect(open().door.answer(new Request('app://other/stations/bench/x', { headers: { authorization } }))).toBeNull();
});
